"""The ground the other browser tests stand on; the one that the oldest JupyterLab is held to."""

from playwright.sync_api import expect


def test_a_notebook_compresses_the_bundled_conversation_in_jupyterlab(lab, page):
    name = lab.write(
        "compress.ipynb",
        "%load_ext headroom_nb\nfrom headroom_nb import demo\nmessages = demo.messages('openai')",
        "%headroom compress messages",
    )
    lab.open(page, name)
    lab.run_all(page, 2)
    report = page.locator(".jp-OutputArea").get_by_role("region", name="Headroom report")  # drawn by the extension
    report.wait_for()
    expect(report).to_contain_text("image tokens", use_inner_text=True)
    page.locator("#headroom-status", has_text="saved").wait_for()
    lab.command(page, "headroom:show-bill")
    page.get_by_role("region", name="What this notebook’s images cost").wait_for()
    lab.command(page, "headroom:open-last-report")
    page.locator(".headroom-lab-tab").get_by_role("region", name="Headroom report").wait_for()
