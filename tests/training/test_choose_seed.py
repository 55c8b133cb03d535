from training.choose_seed import median_of, score


def test_the_seed_in_the_middle_is_shipped_not_the_luckiest():
    assert median_of({"7": 0.71, "8": 0.80, "9": 0.75}) == "9"


def test_of_an_even_number_the_lower_middle_one_is_shipped():
    assert median_of({"7": 0.71, "8": 0.80}) == "7"


def test_the_score_is_the_mean_of_techniques_and_needs():
    metrics = {"both": {"balanced": {"agrees": 0.8}}, "needs, both": {"argmax agrees with the policy": 0.6}}
    assert score(metrics) == 0.7
