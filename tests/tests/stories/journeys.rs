//! The three journeys: a citizen's, an officer's, a manager's.

use protocol::request::{Done, IssuedTicket, ResumeServices, SignedIn, SuspendServices, SuspensionReason};
use protocol::view::{
    Alert, Availability, AwayTicket, CallStage, CallView, Catalogue, CounterOpenness, CounterStage, CounterState, CounterTicket,
    CounterTile, DayView, MyDay, QueuedTicket, ServiceState, SuspensionView, TileState, Totals,
};
use protocol::{AgencyCode, CounterId, Refusal, ServiceId, TicketNumber};
use tests::{Centre, Client, Link};

#[tokio::test]
async fn a_citizen_takes_a_ticket_is_called_in_the_right_hall_and_is_served() {
    let centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let officer = centre.officer("asha").await;
    let mut door = Link::open(&kiosk, "kiosk").await;
    let mut hall = Link::open(&centre.display("display-a", "hall-a").await, "display&zone=hall-a").await;
    let counter = counter_serving(&kiosk, "hall-a", "nrb-id-collect").await;
    officer.open(counter).await.expect("the counter opens");

    let ticket = kiosk.issue("nrb-id-collect").await.expect("the service is open");
    assert_eq!((ticket.number.to_string().as_str(), ticket.ahead), ("J001", 0));
    assert_eq!((ticket.slip.number, ticket.slip.kiosk.as_str(), ticket.slip.date.as_str()), (ticket.number, "kiosk-1", "24.11.2026"));
    assert!(!ticket.slip.service.en.is_empty() && !ticket.slip.service.sw.is_empty());
    door.until("the ticket", |door| day(door).issued == 1 && day(door).waiting == 1).await;

    let called = officer.next(counter).await.expect("somebody waits").called.expect("a call");
    assert_eq!((called.ticket, called.number), (ticket.ticket, ticket.number));
    hall.until("the call", |hall| latest(hall).is_some_and(|call| call.call == called.call)).await;
    let call = latest(&hall).expect("a call");
    assert_eq!((call.number, call.counter, call.stage, call.recall), (ticket.number, CounterId(counter), CallStage::Awaited, 0));

    officer.start(counter, ticket.ticket).await.expect("the citizen came");
    hall.until("the citizen at the counter", |hall| latest(hall).is_some_and(|call| call.stage == CallStage::Serving)).await;
    officer.finish(counter, ticket.ticket, false).await.expect("served");
    hall.until("the end", |hall| latest(hall).is_some_and(|call| call.stage == CallStage::Over)).await;
    door.until("nobody waiting", |door| day(door).waiting == 0).await;
}

#[tokio::test]
async fn one_service_is_suspended_alone_with_the_time_it_may_go_on() {
    let centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let manager = centre.manager("juma").await;
    let mut hall = Link::open(&centre.display("display-a", "hall-a").await, "display&zone=hall-a").await;
    let (agency, id) = (AgencyCode::new("NRB").expect("a code"), ServiceId::new("nrb-id-replace").expect("an id"));
    let back_at = Some(centre.now().await.plus(30 * protocol::time::MINUTE));
    let suspend = |service: Option<ServiceId>, back_at| SuspendServices {
        request: manager.request_id(),
        agency: agency.clone(),
        service,
        reason: SuspensionReason::NoMaterial,
        back_at,
    };
    let refused = async |asked: SuspendServices| manager.post::<Done>("/api/v1/suspensions", &asked).await.expect_err("refused").code;
    assert_eq!(refused(suspend(ServiceId::new("kra-pin").ok(), None)).await, Refusal::ServiceNotOffered.code(), "it is another agency's");
    assert_eq!(refused(suspend(Some(id.clone()), Some(centre.now().await))).await, Refusal::BadTime.code());
    manager.post::<Done>("/api/v1/suspensions", &suspend(Some(id.clone()), back_at)).await.expect("suspended");
    assert_eq!(refused(suspend(Some(id.clone()), back_at)).await, Refusal::AlreadySuspended.code());
    let told = |hall: &Link| hall.part::<Vec<SuspensionView>>("suspended");
    hall.until("the service", |hall| told(hall).first().is_some_and(|one| one.service == Some(id.clone()) && one.back_at == back_at)).await;
    assert_eq!(kiosk.issue("nrb-id-replace").await.expect_err("suspended").code, Refusal::ServiceSuspended.code());
    kiosk.issue("nrb-id-new").await.expect("the agency's other services go on");
    let resume = ResumeServices { request: manager.request_id(), service: Some(id.clone()) };
    manager.post::<Done>("/api/v1/suspensions/NRB/resume", &resume).await.expect("goes on");
    hall.until("nothing suspended", |hall| told(hall).is_empty()).await;
    kiosk.issue("nrb-id-replace").await.expect("it goes on");
}

#[tokio::test]
async fn a_call_to_a_counter_upstairs_is_shown_where_people_wait_and_there() {
    let centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let mut below = Link::open(&centre.display("display-a", "hall-a").await, "display&zone=hall-a").await;
    let mut above = Link::open(&centre.display("display-b", "floor-1").await, "display&zone=floor-1").await;
    let calls = |officer: Client, counter: u16| async move {
        officer.open(counter).await.expect("the counter opens");
        officer.next(counter).await.expect("somebody waits").called.expect("a call").call
    };
    kiosk.issue("sha-register").await.expect("the service is open");
    let upstairs = calls(centre.officer("asha").await, counter_serving(&kiosk, "floor-1", "sha-register").await).await;
    for hall in [&mut below, &mut above] {
        hall.until("the call upstairs", |hall| latest(hall).is_some_and(|call| call.call == upstairs)).await;
    }
    kiosk.issue("nrb-id-collect").await.expect("the service is open");
    let down = calls(centre.officer("baraka").await, counter_serving(&kiosk, "hall-a", "nrb-id-collect").await).await;
    below.until("the call below", |hall| latest(hall).is_some_and(|call| call.call == down)).await;
    let order: Vec<_> = below.part::<Vec<CallView>>("calls").iter().map(|call| call.call).collect();
    assert_eq!(order, [down, upstairs], "newest first, of both floors");
    let fresh = Link::open(&centre.display("display-c", "floor-1").await, "display&zone=floor-1").await;
    let order: Vec<_> = fresh.part::<Vec<CallView>>("calls").iter().map(|call| call.call).collect();
    assert_eq!(order, [upstairs], "who went up is not called down");
}

#[tokio::test]
async fn a_slip_can_be_seen_as_it_looks_on_paper() {
    let centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let ticket = kiosk.issue("nrb-id-collect").await.expect("the service is open");
    let slip = kiosk.get(&format!("/api/v1/tickets/{}/slip.png", ticket.ticket)).await;
    assert_eq!(slip.status, 200);
    assert!(slip.body.starts_with(b"\x89PNG\r\n"), "a picture");
}

#[tokio::test]
async fn an_officers_day_from_sign_in_to_close() {
    let mut centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let officer = centre.officer("asha").await;
    let who: SignedIn = officer.get("/api/v1/session").await.json();
    assert_eq!(who.name.as_str(), "asha");
    let mut desk = Link::open(&officer, "counter&counter=3").await;
    assert_eq!(state(&desk), CounterOpenness::Closed);

    officer.open(3).await.expect("the counter opens");
    desk.until("the counter open", |desk| state(desk) == CounterOpenness::Open).await;
    assert_eq!(desk.part::<CounterState>("counter").officer.map(|officer| officer.to_string()), Some("asha".into()));
    let service = first_service(&kiosk, 3).await;
    let tickets = [issue(&kiosk, &service).await, issue(&kiosk, &service).await, issue(&kiosk, &service).await];
    desk.until("three people", |desk| desk.part::<Vec<QueuedTicket>>("queue").len() == 3).await;
    let order: Vec<TicketNumber> = desk.part::<Vec<QueuedTicket>>("queue").iter().map(|ticket| ticket.number).collect();
    assert_eq!(order, tickets.clone().map(|ticket| ticket.number), "first come, first served");

    let called = officer.next(3).await.expect("somebody waits").called.expect("a call");
    desk.until("the ticket", |desk| at_counter(desk).is_some_and(|at| at.stage == CounterStage::Called)).await;
    let again = officer.recall(3, called.ticket).await.expect("called again").called.expect("a call");
    assert!(again.call > called.call, "a recall is an announcement of its own");
    desk.until("the recall", |desk| at_counter(desk).is_some_and(|at| at.recalls == 1)).await;
    officer.start(3, called.ticket).await.expect("the citizen came");
    desk.until("the service", |desk| at_counter(desk).is_some_and(|at| at.stage == CounterStage::Serving)).await;
    assert!(!at_counter(&desk).expect("a ticket").why.is_empty(), "an officer can say why this ticket");

    let second = officer.finish(3, called.ticket, true).await.expect("served").called.expect("the next one in the same act");
    assert_eq!(second.ticket, tickets[1].ticket);
    let third = officer.no_show(3, second.ticket, true).await.expect("missed").called.expect("the next one in the same act");
    assert_eq!(third.ticket, tickets[2].ticket);
    desk.until("the missed number", |desk| missed(desk) == [second.number]).await;
    officer.start(3, third.ticket).await.expect("the citizen came");
    let done = officer.finish(3, third.ticket, true).await.expect("served");
    assert_eq!(done.called, None, "nobody waits any more");
    desk.until("two served", |desk| desk.part::<MyDay>("my_day").finished == 2).await;

    officer.pause(3).await.expect("a break");
    desk.until("the break", |desk| state(desk) == CounterOpenness::Paused).await;
    officer.back(3).await.expect("back");
    officer.close(3).await.expect("the day is over");
    desk.until("the counter closed", |desk| state(desk) == CounterOpenness::Closed).await;
    assert_eq!(officer.send(officer.request(reqwest::Method::DELETE, "/api/v1/session")).await.status, 204);
    officer.get("/api/v1/session").await.must_be(Refusal::NotSignedIn);
    assert!(centre.stop().await.status.success());
}

#[tokio::test]
async fn a_manager_suspends_an_agency_and_everyone_knows_then_resumes_it() {
    let centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let manager = centre.manager("juma").await;
    let officer = centre.officer("asha").await;
    let mut board = Link::open(&manager, "board").await;
    let mut door = Link::open(&kiosk, "kiosk").await;
    let mut hall = Link::open(&centre.display("display-a", "hall-a").await, "display&zone=hall-a").await;
    let counter = counter_serving(&kiosk, "hall-a", "nrb-id-collect").await;
    officer.open(counter).await.expect("the counter opens");
    board.until("the counter free", |board| tile(board, counter).state == TileState::Free).await;
    let ticket = issue(&kiosk, "nrb-id-collect").await;
    board.until("one waiting", |board| board.part::<Totals>("totals").waiting == 1).await;

    manager.suspend("NRB").await.expect("a manager may");
    for screen in [&mut hall, &mut board] {
        screen.until("the suspension", |screen| suspended(screen) == ["NRB"]).await;
    }
    board.until("an alert", |board| board.part::<Vec<Alert>>("alerts").iter().any(|alert| matches!(alert, Alert::Suspended { .. }))).await;
    door.until("the service suspended", |door| service(door, "nrb-id-collect").state == Availability::Suspended).await;
    assert!(service(&door, "nrb-id-collect").reason.is_some(), "the kiosk can say why");
    assert_eq!(kiosk.issue("nrb-id-collect").await.expect_err("suspended").code, "service-suspended");
    assert_eq!(officer.next(counter).await.expect_err("nobody can be called").code, "nobody-waiting");
    assert_eq!(manager.suspend("NRB").await.expect_err("twice").code, "already-suspended");

    manager.resume("NRB").await.expect("a manager may");
    door.until("the service open", |door| service(door, "nrb-id-collect").state == Availability::Open).await;
    hall.until("no suspension", |hall| suspended(hall).is_empty()).await;
    let called = officer.next(counter).await.expect("the ticket kept its place").called.expect("a call");
    assert_eq!(called.ticket, ticket.ticket);
    board.until("the call on the board", |board| tile(board, counter).number == Some(ticket.number)).await;
    officer.start(counter, ticket.ticket).await.expect("the citizen came");
    officer.finish(counter, ticket.ticket, false).await.expect("served");
    board.until("one served", |board| board.part::<Totals>("totals").finished == 1).await;
    assert_eq!(manager.resume("NRB").await.expect_err("it goes on already").code, "not-suspended");
}

#[tokio::test]
async fn every_view_of_the_largest_example_fits_in_a_frame() {
    let centre = Centre::open().await;
    let kiosk = centre.kiosk("kiosk-1").await;
    let manager = centre.manager("juma").await;
    let catalogue: Catalogue = kiosk.get("/api/v1/catalogue").await.json();
    for service in &catalogue.services {
        issue(&kiosk, service.id.as_str()).await;
    }
    for agency in &catalogue.agencies {
        manager.suspend(agency.code.as_str()).await.expect("a manager may");
    }
    let display = centre.display("display-a", "hall-a").await;
    let screens = [(&kiosk, "kiosk"), (&display, "display&zone=hall-a"), (&manager, "board"), (&manager, "counter&counter=1")];
    for (client, topic) in screens {
        let link = Link::open(client, topic).await;
        println!("the longest frame of {topic} has {} bytes", link.longest);
        assert!(link.longest <= protocol::frame::FRAME_BYTES_MAX / 4, "{topic}: {} bytes", link.longest);
    }
}

async fn issue(kiosk: &Client, service: &str) -> IssuedTicket {
    kiosk.issue(service).await.unwrap_or_else(|refusal| panic!("{service}: {}", refusal.code))
}

/// Returns a counter of this zone that serves this service.
async fn counter_serving(client: &Client, zone: &str, service: &str) -> u16 {
    let catalogue: Catalogue = client.get("/api/v1/catalogue").await.json();
    let serves = |services: &[ServiceId]| services.iter().any(|id| id.as_str() == service);
    let here = |entry: &&protocol::view::CounterEntry| entry.zone.as_str() == zone && serves(&entry.services);
    catalogue.counters.iter().find(here).expect("a counter").counter.0
}

/// Returns a service that needs no quota of this counter.
async fn first_service(client: &Client, counter: u16) -> String {
    let catalogue: Catalogue = client.get("/api/v1/catalogue").await.json();
    let entry = catalogue.counters.iter().find(|entry| entry.counter.0 == counter).expect("the counter");
    entry.services[0].to_string()
}

fn missed(desk: &Link) -> Vec<TicketNumber> {
    desk.part::<Vec<AwayTicket>>("missed").iter().map(|ticket| ticket.number).collect()
}

fn day(link: &Link) -> DayView {
    link.part("day")
}

fn latest(hall: &Link) -> Option<CallView> {
    hall.part::<Vec<CallView>>("calls").into_iter().next()
}

fn state(desk: &Link) -> CounterOpenness {
    desk.part::<CounterState>("counter").state
}

fn at_counter(desk: &Link) -> Option<CounterTicket> {
    desk.part("ticket")
}

fn suspended(link: &Link) -> Vec<String> {
    link.part::<Vec<SuspensionView>>("suspended").into_iter().map(|view| view.agency.to_string()).collect()
}

fn service(door: &Link, id: &str) -> ServiceState {
    let services: Vec<ServiceState> = door.part("services");
    services.into_iter().find(|state| state.service.as_str() == id).expect("the service is offered")
}

fn tile(board: &Link, counter: u16) -> CounterTile {
    let tiles: Vec<CounterTile> = board.part("counters");
    tiles.into_iter().find(|tile| tile.counter.0 == counter).expect("every counter has a tile")
}
