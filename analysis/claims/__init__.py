"""The numeric claims of an article against the figures: what the words mean, and each verdict.

To read in this order: `numbers` (a printed number), `conventions.yml` and `hedges` (what "almost 4" allows, and the
verdicts), `selection` (what the figures give for the time that a claim names), `kinds` (a class for each kind of
claim), `language` with `language.lark` (from a line to its claims), `claims` and `table` (the two files), `audit`
(claims judged by figures), `output` and `page` (what is printed).
"""
