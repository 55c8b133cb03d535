"""The ground the other browser tests stand on."""


def test_a_notebook_compresses_the_bundled_conversation_in_jupyterlab(lab, page):
    name = lab.write(
        "compress.ipynb",
        "%load_ext headroom_nb\nfrom headroom_nb import demo\nmessages = demo.messages('openai')",
        "%headroom compress messages",
    )
    lab.open(page, name)
    lab.run_all(page, 2)
    output = page.locator(".jp-OutputArea-output").last
    output.wait_for()
    assert "image tokens" in output.inner_text()
