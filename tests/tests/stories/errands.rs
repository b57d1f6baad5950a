//! A visit that does not go straight: errands, missed calls, other services and counters, mistakes taken back.

use protocol::view::{AwayTicket, CallStage, CallView, Catalogue, CounterTicket, PlaceStage, TicketPlace, UndoView};
use protocol::{Act, CounterId, Refusal, Target, TicketNumber};
use tests::{Centre, Client, Link};

const LOST_ID: [&str; 2] = ["nps-abstract", "nrb-id-replace"];

#[tokio::test]
async fn a_lost_id_takes_two_services_on_one_ticket() {
    let mut centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let [police, registry] = [centre.officer("asha").await, centre.officer("baraka").await];
    let mut request = kiosk.ticket_request(LOST_ID[0]);
    request.then = vec![protocol::ServiceId::new(LOST_ID[1]).expect("an id")];
    let ticket: protocol::request::IssuedTicket = kiosk.post("/api/v1/tickets", &request).await.expect("both are offered");
    let [first, second] = [counter_of(&kiosk, LOST_ID[0]).await, counter_of(&kiosk, LOST_ID[1]).await];
    serve(&police, first, ticket.number).await;
    police.finish(first, ticket.ticket, false).await.expect("the abstract is written");
    assert_eq!(place(&kiosk, ticket.number).await.map(|place| place.service.to_string()), Ok(LOST_ID[1].to_owned()));
    centre.restart().await;
    serve(&registry, second, ticket.number).await;
    registry.finish(second, ticket.ticket, false).await.expect("the form is taken");
    assert_eq!(place(&kiosk, ticket.number).await.expect_err("over"), Refusal::UnknownTicket.code());
}

#[tokio::test]
async fn an_errand_survives_a_restart_and_the_citizen_is_called_by_number() {
    let mut centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let officer = centre.officer("asha").await;
    let counter = counter_of(&kiosk, "nrb-id-replace").await;
    let ticket = kiosk.issue("nrb-id-replace").await.expect("open");
    serve(&officer, counter, ticket.number).await;
    let past = ticket.at;
    assert_eq!(officer.hold(counter, ticket.ticket, Some(past)).await.expect_err("gone by").code, Refusal::BadTime.code());
    officer.hold(counter, ticket.ticket, None).await.expect("to the photocopier");
    let topic = format!("counter&counter={counter}");
    let mut desk = Link::open(&officer, &topic).await;
    desk.until("the errand", |desk| numbers(desk, "held") == [ticket.number]).await;
    assert_eq!(place(&kiosk, ticket.number).await.map(|place| place.stage), Ok(PlaceStage::Held));
    centre.restart().await;
    let called = officer.call(counter, ticket.number).await.expect("back").called.expect("a call");
    assert_eq!(called.ticket, ticket.ticket);
    let mut desk = Link::open(&officer, &topic).await;
    desk.until("the ticket", |desk| desk.part::<Option<CounterTicket>>("ticket").is_some_and(|at| at.out_of_order.is_some())).await;
    assert!(numbers(&desk, "held").is_empty());
}

#[tokio::test]
async fn who_missed_the_call_is_shown_may_return_and_is_shown_no_more() {
    let centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let officer = centre.officer("asha").await;
    let counter = counter_of(&kiosk, "nrb-id-replace").await;
    let mut hall = Link::open(&centre.display("display-a", "hall-a").await, "display&zone=hall-a").await;
    let ticket = kiosk.issue("nrb-id-replace").await.expect("open");
    officer.open(counter).await.expect("opens");
    officer.next(counter).await.expect("waiting");
    officer.no_show(counter, ticket.ticket, false).await.expect("did not come");
    hall.until("the missed number", |hall| hall.part::<Vec<TicketNumber>>("missed") == [ticket.number]).await;
    assert_eq!(place(&kiosk, ticket.number).await.map(|place| place.stage), Ok(PlaceStage::Missed));
    kiosk.returns(ticket.number).await.expect_err("only staff says so");
    officer.returns(ticket.number).await.expect("here now");
    hall.until("no missed number", |hall| hall.part::<Vec<TicketNumber>>("missed").is_empty()).await;
    assert_eq!(officer.returns(ticket.number).await.expect_err("waits already").code, Refusal::TicketNotAway.code());
    assert_eq!(officer.next(counter).await.expect("waits").called.expect("a call").ticket, ticket.ticket);
}

#[tokio::test]
async fn a_transfer_waits_for_its_counter_and_a_mistaken_one_is_taken_back() {
    let centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let [asha, baraka] = [centre.officer("asha").await, centre.officer("baraka").await];
    let ticket = kiosk.issue("nrb-id-replace").await.expect("open");
    let [from, to] = [counter_of(&kiosk, "nrb-id-replace").await, counter_of(&kiosk, "kra-pin").await];
    serve(&asha, from, ticket.number).await;
    baraka.open(to).await.expect("opens");
    let nobody = asha.transfer(from, ticket.ticket, "kra-pin", Target::Counter(CounterId(from))).await.expect_err("not served there");
    assert_eq!(nobody.code, Refusal::ServiceNotAtCounter.code());
    asha.transfer(from, ticket.ticket, "kra-pin", Target::Counter(CounterId(to))).await.expect("sent on");
    let mut desk = Link::open(&asha, &format!("counter&counter={from}")).await;
    let undo = |desk: &Link| desk.part::<Option<UndoView>>("undo");
    desk.until("what can be taken back", |desk| undo(desk).is_some_and(|undo| undo.act == Act::Transfer)).await;
    asha.undo(from).await.expect("at once");
    desk.until("the ticket", |desk| desk.part::<Option<CounterTicket>>("ticket").is_some_and(|at| at.number == ticket.number)).await;
    assert_eq!(asha.undo(from).await.expect_err("nothing more").code, Refusal::NothingToUndo.code());
    asha.transfer(from, ticket.ticket, "kra-pin", Target::Counter(CounterId(to))).await.expect("sent on");
    assert_eq!(baraka.next(to).await.expect("it waits there").called.expect("a call").ticket, ticket.ticket);
    assert_eq!(asha.undo(from).await.expect_err("another has called it").code, Refusal::TooLateToUndo.code());
}

#[tokio::test]
async fn a_call_taken_back_is_over_on_the_screen_and_a_ticket_given_up_waits_no_more() {
    let centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let officer = centre.officer("asha").await;
    let counter = counter_of(&kiosk, "nrb-id-replace").await;
    let mut hall = Link::open(&centre.display("display-a", "hall-a").await, "display&zone=hall-a").await;
    let ticket = kiosk.issue("nrb-id-replace").await.expect("open");
    officer.open(counter).await.expect("opens");
    officer.next(counter).await.expect("waiting");
    assert_eq!(officer.cancel(ticket.number).await.expect_err("at a counter").code, Refusal::TicketNotWaiting.code());
    officer.undo(counter).await.expect("at once");
    let over = |hall: &Link| hall.part::<Vec<CallView>>("calls").first().is_some_and(|call| call.stage == CallStage::Over);
    hall.until("the call over", over).await;
    officer.cancel(ticket.number).await.expect("waiting");
    assert_eq!(officer.next(counter).await.expect_err("given up").code, Refusal::NobodyWaiting.code());
    assert_eq!(officer.call(counter, ticket.number).await.expect_err("given up").code, Refusal::UnknownTicket.code());
}

#[tokio::test]
async fn an_officer_confirms_or_takes_away_what_was_said_at_the_kiosk() {
    let centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let officer = centre.officer("asha").await;
    let counter = counter_of(&kiosk, "nrb-id-replace").await;
    let standard = kiosk.issue("nrb-id-replace").await.expect("open");
    let mut request = kiosk.ticket_request("nrb-id-replace");
    request.class = protocol::Class::Priority;
    let said: protocol::request::IssuedTicket = kiosk.post("/api/v1/tickets", &request).await.expect("open");
    kiosk.priority(said.number, true).await.expect_err("a kiosk decides nothing");
    officer.priority(said.number, false).await.expect("not so");
    assert_eq!(officer.priority(said.number, false).await.expect_err("decided").code, Refusal::ClassUnchanged.code());
    officer.open(counter).await.expect("opens");
    assert_eq!(officer.next(counter).await.expect("waiting").called.expect("a call").number, standard.number);
    officer.priority(standard.number, true).await.expect("given at the counter");
    let mut desk = Link::open(&officer, &format!("counter&counter={counter}")).await;
    let class = |desk: &Link| desk.part::<Option<CounterTicket>>("ticket").map(|ticket| (ticket.class, ticket.classed));
    desk.until("the class", |desk| class(desk) == Some((protocol::Class::Priority, true))).await;
}

async fn serve(officer: &Client, counter: u16, number: TicketNumber) {
    officer.open(counter).await.expect("opens");
    let called = officer.next(counter).await.expect("waiting").called.expect("a call");
    assert_eq!(called.number, number);
    officer.start(counter, called.ticket).await.expect("here");
}

async fn place(kiosk: &Client, number: TicketNumber) -> Result<TicketPlace, String> {
    let answer = kiosk.get(&format!("/api/v1/places/{number}-20261124")).await;
    if answer.status == 200 { Ok(answer.json()) } else { Err(answer.refusal().code) }
}

fn numbers(desk: &Link, part: &str) -> Vec<TicketNumber> {
    desk.part::<Vec<AwayTicket>>(part).iter().map(|ticket| ticket.number).collect()
}

async fn counter_of(client: &Client, service: &str) -> u16 {
    let catalogue: Catalogue = client.get("/api/v1/catalogue").await.json();
    let serves = |services: &[protocol::ServiceId]| services.iter().any(|id| id.as_str() == service);
    catalogue.counters.iter().find(|entry| serves(&entry.services)).expect("a counter").counter.0
}
