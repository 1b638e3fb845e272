"""Tables for readers and their CSV."""

import math

import pytest
from bs4 import BeautifulSoup

from analysis.estimates import Estimate
from analysis.tables import from_estimates, from_rows


def test_html_names_every_row_and_column():
    table = from_rows("counts", "Counts <by year>", ["Year", "Accounts"], [["2017", 527], ["2018", 1594]])
    soup = BeautifulSoup(table.html(), "html.parser")
    assert soup.caption.text == "Counts <by year>"
    assert [th.text for th in soup.find_all("th", scope="col")] == ["Year", "Accounts"]
    assert [th.text for th in soup.find_all("th", scope="row")] == ["2017", "2018"]
    assert [td.text for td in soup.find_all("td", class_="number")] == ["527", "1,594"]


def test_the_csv_holds_raw_values_to_eight_digits():
    table = from_rows("t", "t", ["a", "b"], [["x, y", 1 / 3]], styles={"b": ".1f"})
    assert table.csv() == 'a,b\n"x, y",0.33333333\n'
    assert table.texts[0][1] == "0.3"


@pytest.mark.parametrize("cell", [None, "", math.nan, math.inf])
def test_a_blank_cell_is_refused(cell):
    with pytest.raises(ValueError, match="say why in words"):
        from_rows("t", "t", ["a", "b"], [["x", cell]])


def test_a_missing_estimate_shows_its_reason_and_an_open_limit_its_word():
    estimates = {
        "Correlation": Estimate(estimand="r", unit="", method="Pearson", reason="not estimable: 2 observations"),
        "Asymptote": Estimate(
            estimand="asymptote",
            unit="accounts",
            method="logistic",
            value=571.1,
            low=155.0,
            level=0.95,
            interval="confidence",
            interval_method="F-profile",
            reason="unbounded at 95%",
        ),
    }
    table = from_estimates("t", "t", estimates)
    assert table.texts[0][1:4] == ("not estimable: 2 observations", "none", "none")
    assert table.texts[1][1:] == ("571 accounts", "155", "unbounded", "95% confidence interval, F-profile")
    assert "571.1,155.0,unbounded" in table.csv()
