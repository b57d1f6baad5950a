//! How slips look: a manager changes it, kiosks know it at once, and what cannot be printed is refused by name.

use protocol::Refusal;
use protocol::template::{KnownTemplate, NumberSize, PaperWidth, SlipTemplate};
use protocol::ticket::Text;
use protocol::view::Catalogue;
use reqwest::Method;
use serde_json::{Value, json};
use tests::{Centre, Client, Link};

const PATH: &str = "/api/v1/slip-template";

#[tokio::test]
async fn a_change_is_told_to_kiosks_at_once_and_outlives_a_restart() {
    let mut centre = Centre::open().await;
    let (manager, kiosk) = (centre.manager("mary").await, centre.kiosk("kiosk-1").await);
    let mut link = Link::open(&kiosk, "kiosk").await;
    link.until("the catalogue's version", |link| link.catalogue.is_some()).await;
    let before = link.catalogue.clone();
    assert_eq!(before, etag(&kiosk).await, "the link and the catalogue name the same version");

    let template = SlipTemplate {
        header: vec![Text { en: " Ground floor ".into(), sw: "Ghorofa ya chini".into() }],
        paper: PaperWidth::Mm58,
        number_size: NumberSize::ExtraLarge,
        ..SlipTemplate::default()
    };
    let answer = put(&manager, &template).await;
    let known: KnownTemplate = answer.json();
    assert!(known.saved);
    assert_eq!(known.template.header[0].en, "Ground floor", "as it is kept");
    link.until("another version", |link| link.catalogue != before).await;
    let changed: Catalogue = kiosk.get("/api/v1/catalogue").await.json();
    assert_eq!((changed.slip, link.catalogue.clone()), (known.template.clone(), etag(&kiosk).await));

    centre.restart().await;
    let kept: KnownTemplate = manager.get(PATH).await.json();
    assert_eq!(kept, known);
    let reset: KnownTemplate = manager.send(manager.request(Method::DELETE, PATH)).await.json();
    assert_eq!((reset.saved, reset.template), (false, SlipTemplate::default()));
    assert_eq!(etag(&kiosk).await, before);
}

#[tokio::test]
async fn only_managers_change_slips_and_what_cannot_be_printed_is_refused_by_name() {
    let centre = Centre::open().await;
    let (manager, officer) = (centre.manager("mary").await, centre.officer("asha").await);
    for request in [Method::GET, Method::PUT, Method::DELETE] {
        let ask = officer.request(request, PATH).header("content-type", "application/json").body("{}");
        officer.send(ask).await.must_be(Refusal::NotAllowed);
    }
    officer.post_text(&format!("{PATH}/preview"), r#"{"template":{}}"#).await.must_be(Refusal::NotAllowed);
    let line = |text: &str| json!([{ "en": text, "sw": text }]);
    for (template, refusal) in [
        (json!({ "header": line(&"a".repeat(61)) }), Refusal::SlipTooLong),
        (json!({ "footer": vec![json!({ "en": "a", "sw": "b" }); 5] }), Refusal::SlipTooLong),
        (json!({ "header": line("中心") }), Refusal::SlipLetters),
        (json!({ "logo": "R0lGODlh" }), Refusal::SlipLogoUnreadable),
        (json!({ "logo": "no base64!" }), Refusal::SlipLogoUnreadable),
        (json!({ "logo": "A".repeat(100_000) }), Refusal::SlipLogoTooLarge),
        (json!({ "logo": "A".repeat(200_000) }), Refusal::TooLarge),
        (json!({ "paper": "mm76" }), Refusal::BadJson),
    ] {
        put(&manager, &template).await.must_be(refusal);
        let preview = json!({ "template": template }).to_string();
        manager.post_text(&format!("{PATH}/preview"), preview).await.must_be(refusal);
    }
    let known: KnownTemplate = manager.get(PATH).await.json();
    assert!(!known.saved, "nothing of it was kept");
}

#[tokio::test]
async fn every_sample_is_shown_on_either_paper() {
    let centre = Centre::open().await;
    let manager = centre.manager("mary").await;
    let mut heights = Vec::new();
    for sample in ["ordinary", "longest", "several", "appointment", "outside", "offline"] {
        for (paper, width) in [("mm58", 384), ("mm80", 576)] {
            for language in ["en", "sw"] {
                let (shown_width, height) =
                    preview(&manager, json!({ "template": { "paper": paper }, "sample": sample, "language": language })).await;
                assert_eq!(shown_width, width, "{sample}");
                heights.push(height);
            }
        }
    }
    heights.sort_unstable();
    heights.dedup();
    assert!(heights.len() > 6, "the samples differ: {heights:?}");
    let bare = json!({ "documents": false, "phone_page": false, "if_passed": false, "date": false, "keep": false, "report": false });
    let (_, short) = preview(&manager, json!({ "template": { "fields": bare, "languages": "chosen" } })).await;
    let (_, long) = preview(&manager, json!({ "template": { "number_size": "extra_large" } })).await;
    assert!(short + 300 < long, "{short} and {long} dots");
    let unknown = json!({ "template": {}, "service": "tea" }).to_string();
    manager.post_text(&format!("{PATH}/preview"), unknown).await.must_be(Refusal::UnknownService);
}

/// Returns width and height of a preview, from the head of its PNG.
async fn preview(manager: &Client, asked: Value) -> (u32, u32) {
    let answer = manager.post_text(&format!("{PATH}/preview"), asked.to_string()).await;
    assert_eq!((answer.status, &answer.body[1..4]), (200, b"PNG".as_slice()), "{asked}");
    let number = |at: usize| u32::from_be_bytes(answer.body[at..at + 4].try_into().expect("four bytes"));
    (number(16), number(20))
}

async fn put(manager: &Client, template: &impl serde::Serialize) -> tests::Answer {
    let body = serde_json::to_string(template).expect("plain data");
    manager.send(manager.request(Method::PUT, PATH).header("content-type", "application/json").body(body)).await
}

async fn etag(client: &Client) -> Option<String> {
    let answer = client.get("/api/v1/catalogue").await;
    answer.headers.get("etag").and_then(|etag| etag.to_str().ok()).map(str::to_owned)
}
