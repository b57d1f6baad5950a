//! What a centre offers and what it costs: services that are elsewhere, and fees that change on a date.

use protocol::Refusal;
use protocol::slip::SlipFee;
use protocol::time::HOUR;
use protocol::view::{Catalogue, DayView};
use tests::{Link, Plan, rules};

#[tokio::test]
async fn who_asks_for_a_service_of_another_centre_is_told_where_it_is() {
    let centre = Plan::of("kirinyaga").open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let catalogue: Catalogue = kiosk.get("/api/v1/catalogue").await.json();
    assert_eq!((catalogue.services.len(), catalogue.not_offered.len()), (15, 61));
    let licence = catalogue.not_offered.iter().find(|entry| entry.id.as_str() == "ntsa-dl-bio").expect("it is found");
    assert_eq!(licence.nearest.as_ref().map(|nearest| nearest.sw.as_str()), Some("Huduma Centre Embu"));
    let refused = kiosk.issue("ntsa-dl-bio").await.expect_err("it is not offered");
    assert_eq!(refused.code, Refusal::ServiceNotOffered.code());
    assert!(refused.detail.expect("a detail").contains("Huduma Centre Embu"));
    let refused = kiosk.issue("lands-search").await.expect_err("it is not offered either");
    assert_eq!(refused.code, Refusal::ServiceNotOffered.code());
    assert!(!refused.detail.expect("a detail").contains("nearest"), "nobody knows where");
    assert_eq!(kiosk.issue("no-such-service").await.expect_err("there is none").code, Refusal::UnknownService.code());
    let mut journey = kiosk.ticket_request("nps-abstract");
    journey.then = vec![licence.id.clone()];
    let refused: Result<serde_json::Value, _> = kiosk.post("/api/v1/tickets", &journey).await;
    assert_eq!(refused.expect_err("the second is not offered").code, Refusal::ServiceNotOffered.code());
}

#[tokio::test]
async fn a_slip_tells_the_fee_of_its_date() {
    let fees =
        "[[service]]\nid = \"kra-pin\"\nfees = [{ from = \"2026-11-24\", until = \"2026-11-24\", kes = 50 }, { from = \"2026-11-25\" }]\n";
    let centre = Plan::of(rules::centre(1, 999, fees)).open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    assert_eq!(kiosk.issue("kra-pin").await.expect("a ticket").slip.fee, SlipFee::Kes(50));
    centre.skip_to(centre.now().await.plus(24 * HOUR)).await;
    let mut door = Link::open(&kiosk, "kiosk").await;
    let next_day = |door: &Link| door.part::<DayView>("day").date.as_deref() == Some("2026-11-25");
    door.until("the next day", next_day).await;
    assert_eq!(kiosk.issue("kra-pin").await.expect("a ticket").slip.fee, SlipFee::Unknown, "the fee is to be asked about");
}
