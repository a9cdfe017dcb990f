from spm_bot.analytics.workloads import CrewRow, GrowthRow, LoadRow, Workload, workloads

NAMES = {"BUN": "Bungoma", "BUS": "Busia"}


def test_workloads_of_the_whole_and_of_branches_by_name() -> None:
    found = workloads(
        [
            LoadRow("BUN", "LO-1", 200),
            LoadRow("BUN", "", 40),
            LoadRow("BUS", "LO-1", 100),
            LoadRow("BUS", "LO-2", 60),
        ],
        crews=[CrewRow("BUN", 8, 5, 4, 3, 2), CrewRow("BUS", 4, 0, 0, 0, 0), CrewRow("", 10, 1, 1, 0, 0)],
        growth=[GrowthRow("BUN", 220, 200), GrowthRow("BUS", 180, None)],
        names=NAMES,
    )
    assert found == (
        Workload(None, "", 400, growth=1.0, borrowers_per_officer=180.0, trained=5 / 22, turnover=2 / 24),
        Workload(
            "BUN",
            "Bungoma",
            240,
            growth=220 / 200 - 1,
            borrowers_per_officer=200.0,
            trained=0.5,
            turnover=0.2,
        ),
        Workload("BUS", "Busia", 160, growth=None, borrowers_per_officer=80.0, trained=0.0, turnover=0.0),
    )


def test_workloads_say_nothing_where_the_lists_do_not() -> None:
    found = workloads([LoadRow("NEW", "", 3)], crews=[CrewRow("BUN", 5, 0, 0, 0, 0)], growth=[], names=NAMES)
    assert found == (
        Workload(None, "", 3, None, None, None, None),
        Workload("BUN", "Bungoma", 0, None, None, None, None),
        Workload("BUS", "Busia", 0, None, None, None, None),
        Workload("NEW", "NEW", 3, None, None, None, None),
    )


def test_workloads_of_a_branch_without_staff() -> None:
    [_, alone, _] = workloads([], crews=[CrewRow("BUS", 5, 1, 1, 1, 1)], growth=[], names=NAMES)
    assert alone == Workload("BUN", "Bungoma", 0, None, None, None, None)
