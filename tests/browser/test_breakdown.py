"""The dialog of one run."""

from urllib.parse import parse_qs, quote

from playwright.sync_api import expect

from browser.screen import Screen

DEAREST = "2222222222222222/627565150031061/500000000438258"


def test_a_click_on_a_row_opens_the_run_with_one_question(screen: Screen) -> None:
    screen.open()
    row = screen.page.locator("#spend-grid .ag-center-cols-container .ag-row[row-index='0']")
    questions = screen.do(row.locator("[col-id=last_date]").click)
    assert len(questions) == 1
    assert parse_qs(screen.search()[1:])["run"] == [DEAREST]
    dialog = screen.page.locator("#breakdown-modal, .modal-content")
    expect(dialog.first).to_be_visible()
    facts = screen.page.locator("#breakdown-facts")
    expect(facts).to_contain_text("500000000438258")
    expect(facts).to_contain_text("627565150031061")
    expect(facts).to_contain_text("1117-550295-b8481190")
    expect(facts).to_contain_text("17 Nov 2026 · 1 record")
    expect(facts).to_contain_text("of $41,261.67")
    expect(facts).to_contain_text("$236.26")
    expect(facts).to_contain_text("$157.51")
    expect(screen.page.locator("#breakdown-reason")).to_contain_text("this job's normal")
    expect(screen.page.locator("#breakdown-pie .slice")).to_have_count(2)
    assert screen.page.locator("#breakdown-history .point").count() > 5
    link = facts.get_by_role("link", name="open in workspace")
    expect(link).to_have_attribute(
        "href",
        "https://workspace.example/jobs/627565150031061/runs/500000000438258?o=2222222222222222",
    )


def test_it_opens_by_url_and_escape_takes_it_out_of_the_url(screen: Screen) -> None:
    screen.open(f"?preset=last_week&run={quote(DEAREST, safe='')}")
    expect(screen.page.locator("#breakdown-title")).to_have_text("audit_vacuum_prod")
    screen.page.keyboard.press("Escape")
    expect(screen.page.locator(".modal-content")).to_have_count(0)
    assert screen.search() == "?preset=last_week"
    screen.page.go_back()
    expect(screen.page.locator("#breakdown-title")).to_have_text("audit_vacuum_prod")


def test_a_bare_run_id_is_enough(screen: Screen) -> None:
    screen.open("?run=500000000438258")
    expect(screen.page.locator("#breakdown-title")).to_have_text("audit_vacuum_prod")


def test_tab_stays_inside_and_focus_comes_back(screen: Screen) -> None:
    screen.open()
    screen.page.locator("#card-highest-run a").click()
    expect(screen.page.locator("#breakdown-title")).to_have_text("audit_vacuum_prod")
    inside = "document.activeElement.closest('.modal-content, .modal') !== null"
    for _ in range(12):
        screen.page.keyboard.press("Tab")
        assert screen.page.evaluate(inside)
    screen.page.keyboard.press("Escape")
    expect(screen.page.locator(".modal-content")).to_have_count(0)


def test_ids_are_copied(screen: Screen) -> None:
    screen.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    screen.open("?run=500000000438258")
    screen.page.get_by_role("button", name="Copy 500000000438258").click()
    expect(screen.page.locator("#toast")).to_have_text("Copied")
    assert screen.page.evaluate("navigator.clipboard.readText()") == "500000000438258"


def test_a_run_over_midnight_lists_its_records_and_says_when_the_view_cuts_it(
    screen: Screen,
) -> None:
    screen.open("?run=500000000401411")
    records = screen.page.locator("#breakdown-records tbody tr")
    expect(records.first).to_be_visible()
    assert records.count() >= 2
    total = screen.page.locator("#breakdown-records tfoot td").last.inner_text()
    expect(screen.page.locator("#breakdown-pie .annotation-text").first).to_have_text(total)
    screen.open("?start_date=2026-11-11&end_date=2026-11-11&run=500000000401411")
    expect(screen.page.locator("#breakdown-facts")).to_contain_text(f"of the whole run's {total}")


def test_an_unknown_run_says_so_and_the_page_stands(screen: Screen) -> None:
    screen.open("?run=no-such-run")
    expect(screen.page.locator("#breakdown-reason")).to_contain_text("no run no-such-run")
    screen.page.keyboard.press("Escape")
    assert float(screen.card("total-spend")) > 0
