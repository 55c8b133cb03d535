from headroom_nb.runtime.lru import ByteBoundedCache


def test_a_value_comes_back_until_the_bound_pushes_the_oldest_out():
    cache = ByteBoundedCache(10, len)
    cache.put("a", b"12345")
    cache.put("b", b"12345")
    assert cache.get("a") == b"12345"
    cache.put("c", b"1")
    assert cache.get("b") is None, "b was used longest ago"
    assert cache.get("a") == b"12345"
    assert cache.get("c") == b"1"


def test_a_value_larger_than_the_bound_is_not_kept_and_pushes_nothing_out():
    cache = ByteBoundedCache(10, len)
    cache.put("a", b"12345")
    cache.put("b", b"x" * 11)
    assert cache.get("b") is None
    assert cache.get("a") is not None


def test_storing_again_under_a_key_counts_its_size_once():
    cache = ByteBoundedCache(10, len)
    for _ in range(5):
        cache.put("a", b"12345")
    cache.put("b", b"12345")
    assert len(cache) == 2


def test_clear_forgets_everything():
    cache = ByteBoundedCache(10, len)
    cache.put("a", b"1")
    cache.clear()
    assert cache.get("a") is None
    assert len(cache) == 0


def test_what_is_chosen_is_discarded_and_makes_room():
    cache = ByteBoundedCache(10, len)
    for key in "abcde":
        cache.put(key, b"12")
    cache.discard(lambda key: key in "ace")
    assert [cache.get(key) for key in "abcde"] == [None, b"12", None, b"12", None]
    cache.put("f", b"123456")
    assert len(cache) == 3
