//! What a manager asks of a day in the journal, while the centre runs on.

use protocol::report::{FairnessReport, PassReason, TicketWhy, VisitEvent};
use protocol::{Class, Refusal};
use tests::Centre;

const FAIRNESS: &str = "/api/v1/reports/fairness";

#[tokio::test]
async fn a_manager_is_told_why_another_was_called_first() {
    let centre = Centre::open().await;
    let (officer, manager) = (centre.officer("asha").await, centre.manager("mary").await);
    let regular = officer.issue("nrb-id-new").await.expect("a ticket");
    let mut asked = officer.ticket_request("nrb-id-new");
    asked.class = Class::Priority;
    let priority: protocol::request::IssuedTicket = officer.post("/api/v1/tickets", &asked).await.expect("a ticket");
    centre.skip_to(priority.at.plus(5 * 60_000)).await;
    officer.open(2).await.expect("opens");
    let first = officer.next(2).await.expect("a call").called.expect("a ticket").number;
    assert_eq!(first, priority.number);

    let report: FairnessReport = manager.get(FAIRNESS).await.json();
    assert_eq!((report.issued, report.calls, report.closed), (2, 1, false));
    assert_eq!((report.passes.other_class, report.passes.unexplained, report.unexplained.len()), (1, 0, 0));
    let again: FairnessReport = manager.get(&format!("{FAIRNESS}?date={}", report.date)).await.json();
    assert_eq!(again, report);

    let told: TicketWhy = manager.get(&format!("/api/v1/tickets/{}/why?date={}", regular.number, report.date)).await.json();
    let [visit] = &told.visits[..] else { panic!("{told:?}") };
    let passed = visit.lines.iter().find_map(|line| match &line.what {
        VisitEvent::PassedBy { number, reason, .. } => Some((*number, *reason)),
        _ => None,
    });
    assert_eq!((told.number, passed), (regular.number, Some((priority.number, PassReason::OtherClass))));
}

#[tokio::test]
async fn reports_are_for_managers_and_of_days_and_tickets_that_were() {
    let centre = Centre::open().await;
    let (officer, manager) = (centre.officer("asha").await, centre.manager("mary").await);
    centre.nobody().get(FAIRNESS).await.must_be(Refusal::NotSignedIn);
    officer.get(FAIRNESS).await.must_be(Refusal::NotAllowed);
    officer.get("/api/v1/tickets/K042/why").await.must_be(Refusal::NotAllowed);
    for date in ["2001-01-01", "", "%27%20OR%201=1", "K042", "%FF"] {
        manager.get(&format!("{FAIRNESS}?date={date}")).await.must_be(Refusal::UnknownDay);
    }
    manager.get("/api/v1/tickets/K042/why").await.must_be(Refusal::UnknownTicket);
    manager.get("/api/v1/tickets/k%2042/why").await.must_be(Refusal::UnknownTicket);
    manager.get(&format!("{FAIRNESS}?date=2026-11-24&date=2026-11-25")).await.must_be(Refusal::BadRequest);
}
