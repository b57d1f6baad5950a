//! Stories of people who sign in and of devices that come and go.

use std::os::unix::fs::PermissionsExt;
use std::sync::atomic::{AtomicI64, Ordering};

use protocol::ZoneId;
use protocol::request::{ApprovePairing, AskPairing, DeviceKind, MakeAccount, PairingAsked, PairingState, Role, SetUp, SignIn};
use protocol::time::{HOUR, MINUTE};

use super::*;

#[tokio::test]
async fn the_first_administrator_needs_the_code_from_the_servers_folder_once() {
    let centre = Centre::new();
    let registry = centre.open().await;
    assert!(registry.needs_set_up());
    let mode = std::fs::metadata(centre.setup_file()).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let code = centre.setup_code();
    assert!(code.len() == 8 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");

    let wrong = if code == "00000000" { "00000001" } else { "00000000" };
    assert_eq!(registry.set_up(set_up(wrong, GOOD)).await, Err(Refusal::SetupCode));
    assert_eq!(registry.set_up(set_up(&code, "huduma2026")).await, Err(Refusal::WeakPassword));
    assert!(registry.needs_set_up());
    let account = registry.set_up(set_up(&code, GOOD)).await.expect("an account");
    assert_eq!((account.name.as_str(), account.role), ("amina", Role::Administrator));
    assert!(!registry.needs_set_up());
    assert!(!centre.setup_file().exists());
    assert_eq!(registry.set_up(set_up(&code, GOOD)).await, Err(Refusal::AlreadySetUp));
    drop(registry);
    assert!(!centre.open().await.needs_set_up());
    assert!(!centre.setup_file().exists());
}

#[tokio::test]
async fn two_who_set_up_at_once_make_one_administrator() {
    let centre = Centre::new();
    let registry = centre.open().await;
    let code = centre.setup_code();
    let other = SetUp { name: name("baraka"), ..set_up(&code, GOOD) };
    let (one, two) = tokio::join!(registry.set_up(set_up(&code, GOOD)), registry.set_up(other));
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1, "{one:?} {two:?}");
    assert_eq!(registry.accounts().len(), 1);
}

#[tokio::test]
async fn guessing_the_set_up_code_is_stopped() {
    let centre = Centre::new();
    let registry = centre.open().await;
    for _ in 0..5 {
        assert_eq!(registry.set_up(set_up("x", GOOD)).await, Err(Refusal::SetupCode));
    }
    assert_eq!(registry.set_up(set_up(&centre.setup_code(), GOOD)).await, Err(Refusal::LockedOut));
    centre.clock.pass(MINUTE);
    assert!(registry.set_up(set_up(&centre.setup_code(), GOOD)).await.is_ok());
}

#[tokio::test]
async fn a_session_lasts_while_it_is_used_and_over_a_restart() {
    let centre = Centre::with_amina().await;
    let registry = centre.open().await;
    let (account, token) = registry.sign_in(sign_in("amina", GOOD)).await.expect("a session");
    assert_eq!(account.shown, "Amina Said");
    for _ in 0..3 {
        centre.clock.pass(11 * HOUR);
        assert_eq!(registry.session(&token), Ok(account.clone()));
    }
    // The use is noted by a task; whoever holds the writer after it finds it done.
    while registry.inner.writer.try_lock().is_err() {
        tokio::task::yield_now().await;
    }
    registry.sign_out("some other token").await.expect("nothing to end");
    drop(registry);
    let registry = centre.open().await;
    centre.clock.pass(11 * HOUR);
    assert_eq!(registry.session(&token), Ok(account));
    centre.clock.pass(12 * HOUR + 1);
    assert_eq!(registry.session(&token), Err(Refusal::NotSignedIn));
    assert_eq!(registry.session(""), Err(Refusal::NotSignedIn));
}

#[tokio::test]
async fn signing_out_ends_the_session_for_good() {
    let centre = Centre::with_amina().await;
    let registry = centre.open().await;
    let (_, token) = registry.sign_in(sign_in("amina", GOOD)).await.expect("a session");
    let (_, other) = registry.sign_in(sign_in("amina", GOOD)).await.expect("another session");
    registry.sign_out(&token).await.expect("signed out");
    registry.sign_out(&token).await.expect("signed out already");
    assert_eq!(registry.session(&token), Err(Refusal::NotSignedIn));
    assert!(registry.session(&other).is_ok());
    drop(registry);
    let registry = centre.open().await;
    assert_eq!(registry.session(&token), Err(Refusal::NotSignedIn));
    assert!(registry.session(&other).is_ok());
}

#[tokio::test]
async fn wrong_passwords_lock_a_name_out_whether_or_not_it_exists() {
    let centre = Centre::with_amina().await;
    let registry = centre.open().await;
    for who in ["amina", "nobody"] {
        for _ in 0..5 {
            assert_eq!(registry.sign_in(sign_in(who, "wrong password")).await, Err(Refusal::WrongPassword), "{who}");
        }
        assert_eq!(registry.sign_in(sign_in(who, GOOD)).await, Err(Refusal::LockedOut), "{who}");
    }
    centre.clock.pass(MINUTE);
    assert!(registry.sign_in(sign_in("amina", GOOD)).await.is_ok());
    assert_eq!(registry.sign_in(sign_in("amina", "wrong password")).await, Err(Refusal::WrongPassword));
    assert!(registry.sign_in(sign_in("amina", GOOD)).await.is_ok());
}

#[tokio::test]
async fn many_guesses_at_once_are_no_more_than_one_after_the_other() {
    let centre = Centre::with_amina().await;
    let registry = centre.open().await;
    let guesses = (0..12).map(|_| registry.sign_in(sign_in("amina", "wrong password")));
    let answers = futures_util::future::join_all(guesses).await;
    assert_eq!(answers.iter().filter(|answer| **answer == Err(Refusal::WrongPassword)).count(), 5);
    assert_eq!(answers.iter().filter(|answer| **answer == Err(Refusal::LockedOut)).count(), 7);
}

#[tokio::test]
async fn a_new_password_ends_what_the_old_one_opened() {
    let centre = Centre::with_amina().await;
    let registry = centre.open().await;
    registry.make_account(account("juma", Role::Officer, GOOD)).await.expect("an account");
    let (_, token) = registry.sign_in(sign_in("juma", GOOD)).await.expect("a session");
    registry.make_account(account("juma", Role::Manager, "mvua kubwa jana")).await.expect("the same account");
    assert_eq!(registry.session(&token), Err(Refusal::NotSignedIn));
    assert_eq!(registry.sign_in(sign_in("juma", GOOD)).await, Err(Refusal::WrongPassword));
    let (juma, _) = registry.sign_in(sign_in("juma", "mvua kubwa jana")).await.expect("a session");
    assert_eq!(juma.role, Role::Manager);
    drop(registry);
    let names: Vec<_> = centre.open().await.accounts().into_iter().map(|account| account.name).collect();
    assert_eq!(names, [name("amina"), name("juma")]);
}

#[tokio::test]
async fn a_centre_always_keeps_an_administrator() {
    let centre = Centre::with_amina().await;
    let registry = centre.open().await;
    let step_down = account("amina", Role::Officer, GOOD);
    assert_eq!(registry.make_account(step_down.clone()).await, Err(Refusal::NotAllowed));
    registry.make_account(account("baraka", Role::Administrator, GOOD)).await.expect("a second");
    assert!(registry.make_account(step_down).await.is_ok());
}

#[tokio::test]
async fn an_account_is_shown_by_a_name_that_can_be_shown() {
    let centre = Centre::with_amina().await;
    let registry = centre.open().await;
    for shown in ["", "  ", "two\nlines", &"x".repeat(61)] {
        let odd = MakeAccount { shown: shown.into(), ..account("juma", Role::Officer, GOOD) };
        assert_eq!(registry.make_account(odd).await, Err(Refusal::BadRequest), "{shown:?}");
    }
}

#[tokio::test]
async fn an_account_has_only_so_many_sessions() {
    let centre = Centre::with_amina().await;
    let registry = centre.open().await;
    let kept = registry.memory().accounts[&name("amina")].password.clone();
    let mut tokens = Vec::new();
    for _ in 0..20 {
        centre.clock.pass(1);
        let started = registry.start_session(&name("amina"), Some(kept.clone())).await;
        tokens.push(started.expect("a session").1);
    }
    let open: Vec<bool> = tokens.iter().map(|token| registry.session(token).is_ok()).collect();
    assert_eq!(open, [[false; 4].as_slice(), &[true; 16]].concat());
    drop(registry);
    assert_eq!(centre.open().await.memory().sessions.len(), 16);
}

#[tokio::test]
async fn a_device_comes_to_belong_to_the_centre() {
    let centre = Centre::new();
    let registry = centre.open().await;
    let asked = registry.ask_pairing(wish(DeviceKind::Display, "display-1")).expect("a code");
    assert_eq!((asked.code.len(), asked.expires_seconds), (6, 600));
    assert_eq!(registry.pairing(&asked.secret), Ok(PairingState::Waiting));
    assert_eq!(registry.pairing("another secret"), Err(Refusal::PairingExpired));
    let waiting = registry.pairings();
    assert_eq!((waiting[0].code.as_str(), waiting.len()), (asked.code.as_str(), 1));

    let approve = ApprovePairing { code: asked.code.clone(), device: None, zone: ZoneId::new("hall-a").ok() };
    let device = registry.approve_pairing(approve.clone()).await.expect("a device");
    assert_eq!(registry.approve_pairing(approve).await, Err(Refusal::PairingExpired), "once is enough");
    assert_eq!(registry.pairings(), []);
    let Ok(PairingState::Approved { token, zone, .. }) = registry.pairing(&asked.secret) else { panic!("not approved") };
    assert_eq!(zone, device.zone);
    assert_eq!(registry.pairing(&asked.secret), Err(Refusal::PairingExpired), "the token is told once");
    assert_eq!(registry.device(&token), Ok(device.clone()));
    drop(registry);

    let registry = centre.open().await;
    assert_eq!(registry.device(&token), Ok(device.clone()));
    registry.revoke_device(&device.device).await.expect("revoked");
    assert_eq!(registry.device(&token), Err(Refusal::UnknownDevice));
    assert_eq!(registry.revoke_device(&device.device).await, Err(Refusal::UnknownDevice));
    drop(registry);
    assert_eq!(centre.open().await.device(&token), Err(Refusal::UnknownDevice));
}

#[tokio::test]
async fn a_code_is_good_for_ten_minutes_and_fifty_are_open_at_most() {
    let centre = Centre::new();
    let registry = centre.open().await;
    let asked: Vec<PairingAsked> = (0..50).filter_map(|_| registry.ask_pairing(wish(DeviceKind::Kiosk, "k")).ok()).collect();
    assert_eq!(asked.len(), 50);
    assert_eq!(registry.ask_pairing(wish(DeviceKind::Kiosk, "k")), Err(Refusal::TooBusy));
    centre.clock.pass(10 * MINUTE - 1);
    assert_eq!(registry.pairing(&asked[0].secret), Ok(PairingState::Waiting));
    centre.clock.pass(1);
    assert_eq!(registry.pairing(&asked[0].secret), Err(Refusal::PairingExpired));
    let approve = ApprovePairing { code: asked[1].code.clone(), device: None, zone: None };
    assert_eq!(registry.approve_pairing(approve).await, Err(Refusal::PairingExpired));
    assert!(registry.ask_pairing(wish(DeviceKind::Kiosk, "k")).is_ok());
}

#[tokio::test]
async fn a_name_is_taken_over_only_when_the_manager_says_so() {
    let centre = Centre::new();
    let registry = centre.open().await;
    let (first, first_token) = pair(&registry, "kiosk-1", None).await;
    let (second, second_token) = pair(&registry, "kiosk-1", None).await;
    let (third, _) = pair(&registry, "kiosk-1", None).await;
    assert_eq!([first, second, third], ["kiosk-1", "kiosk-2", "kiosk-3"]);
    let (exchanged, new_token) = pair(&registry, "spare", DeviceId::new("kiosk-1").ok()).await;
    assert_eq!(exchanged, "kiosk-1");
    assert_eq!(registry.device(&first_token), Err(Refusal::UnknownDevice));
    assert!(registry.device(&new_token).is_ok());
    assert!(registry.device(&second_token).is_ok());
    drop(registry);
    let registry = centre.open().await;
    assert_eq!(registry.device(&first_token), Err(Refusal::UnknownDevice));
    assert_eq!(registry.device(&new_token).map(|device| device.device.to_string()), Ok("kiosk-1".into()));
    assert_eq!(registry.devices().len(), 3);
}

#[tokio::test]
async fn attendant_mode_opens_by_the_pin_and_ends_when_it_is_not_used() {
    let centre = Centre::with_amina().await;
    let registry = centre.open().await;
    let kiosk = paired(&registry, "kiosk-1").await;
    let other = paired(&registry, "kiosk-2").await;
    assert_eq!(open(&registry, &kiosk, PIN).await, Err(Refusal::NoAttendantPin));
    assert_eq!(registry.set_attendant_pin("1234".into(), name("amina")).await, Err(Refusal::WeakPin));
    assert!(!registry.attendant_pin().set);
    let set = registry.set_attendant_pin(PIN.into(), name("amina")).await.expect("a PIN");
    assert_eq!((set.set, set.by), (true, Some(name("amina"))));
    assert_eq!(open(&registry, &kiosk, "60417").await, Err(Refusal::WrongPin));
    let proof = open(&registry, &kiosk, PIN).await.expect("a proof");
    assert_eq!(registry.check_attendant(&other, &proof), Err(Refusal::AttendantOver), "good at that kiosk alone");
    assert_eq!(registry.check_attendant(&kiosk, "x"), Err(Refusal::AttendantOver));
    for _ in 0..3 {
        centre.clock.pass(9 * MINUTE);
        assert_eq!(registry.check_attendant(&kiosk, &proof), Ok(()), "each use keeps it");
    }
    centre.clock.pass(10 * MINUTE + 1);
    assert_eq!(registry.check_attendant(&kiosk, &proof), Err(Refusal::AttendantOver));
    let proof = open(&registry, &kiosk, PIN).await.expect("again");
    registry.close_attendant(&kiosk);
    assert_eq!(registry.check_attendant(&kiosk, &proof), Err(Refusal::AttendantOver));
}

#[tokio::test]
async fn a_new_pin_and_a_revoked_kiosk_end_attendant_mode() {
    let centre = Centre::with_amina().await;
    let registry = centre.open().await;
    let kiosk = paired(&registry, "kiosk-1").await;
    registry.set_attendant_pin(PIN.into(), name("amina")).await.expect("a PIN");
    let proof = open(&registry, &kiosk, PIN).await.expect("a proof");
    registry.set_attendant_pin("73520".into(), name("amina")).await.expect("another PIN");
    assert_eq!(registry.check_attendant(&kiosk, &proof), Err(Refusal::AttendantOver));
    assert_eq!(open(&registry, &kiosk, PIN).await, Err(Refusal::WrongPin));
    let proof = open(&registry, &kiosk, "73520").await.expect("a proof");
    pair(&registry, "kiosk-1", Some(kiosk.clone())).await;
    assert_eq!(registry.check_attendant(&kiosk, &proof), Err(Refusal::AttendantOver), "the name is another machine now");
    let proof = open(&registry, &kiosk, "73520").await.expect("a proof");
    registry.revoke_device(&kiosk).await.expect("revoked");
    assert_eq!(registry.check_attendant(&kiosk, &proof), Err(Refusal::AttendantOver));
    drop(registry);
    let registry = centre.open().await;
    assert!(registry.attendant_pin().set, "the PIN outlives a restart");
    let kiosk = paired(&registry, "kiosk-1").await;
    assert!(open(&registry, &kiosk, "73520").await.is_ok());
}

#[tokio::test]
async fn guessing_the_pin_is_stopped_at_that_kiosk_and_no_other() {
    let centre = Centre::with_amina().await;
    let registry = centre.open().await;
    let (kiosk, other) = (paired(&registry, "kiosk-1").await, paired(&registry, "kiosk-2").await);
    registry.set_attendant_pin(PIN.into(), name("amina")).await.expect("a PIN");
    let long = "6".repeat(4_000);
    for wrong in ["60417", "", "x", long.as_str(), "60419"] {
        assert_eq!(open(&registry, &kiosk, wrong).await, Err(Refusal::WrongPin));
    }
    assert_eq!(open(&registry, &kiosk, PIN).await, Err(Refusal::PinLocked));
    assert!(open(&registry, &other, PIN).await.is_ok());
    centre.clock.pass(MINUTE);
    assert!(open(&registry, &kiosk, PIN).await.is_ok());
    assert_eq!(open(&registry, &kiosk, "60417").await, Err(Refusal::WrongPin), "the right one forgave");
}

#[tokio::test]
async fn nothing_that_opens_a_door_is_on_disk() {
    let centre = Centre::with_amina().await;
    let registry = centre.open().await;
    let (_, session) = registry.sign_in(sign_in("amina", GOOD)).await.expect("a session");
    let (_, device) = pair(&registry, "kiosk-1", None).await;
    registry.set_attendant_pin(PIN.into(), name("amina")).await.expect("a PIN");
    let attendant = open(&registry, &DeviceId::new("kiosk-1").expect("an id"), PIN).await.expect("a proof");
    for file in std::fs::read_dir(centre.folder.path()).expect("a folder") {
        let bytes = std::fs::read(file.expect("a file").path()).expect("its content");
        for secret in [GOOD, &session, &device, PIN, &attendant] {
            assert!(!bytes.windows(secret.len()).any(|window| window == secret.as_bytes()));
        }
    }
}

#[tokio::test]
async fn a_caller_who_leaves_in_the_middle_leaves_nothing_half_done() {
    let centre = Centre::with_amina().await;
    let registry = centre.open().await;
    let held = registry.writer().await;
    let mut change = Box::pin(registry.make_account(account("juma", Role::Officer, GOOD)));
    // The password is hashed by now or soon; the change then waits for the writer.
    let patience = std::time::Duration::from_secs(2);
    assert!(tokio::time::timeout(patience, &mut change).await.is_err());
    drop(change);
    drop(held);
    while registry.accounts().len() < 2 {
        tokio::task::yield_now().await;
    }
    drop(registry);
    assert_eq!(centre.open().await.accounts().len(), 2);
}

const GOOD: &str = "samaki wa kupaka";

/// A centre's folder, and a clock that a story moves.
struct Centre {
    folder: tempfile::TempDir,
    clock: Arc<HandClock>,
}

struct HandClock(AtomicI64);

impl HandClock {
    fn pass(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds, Ordering::SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Time {
        Time(self.0.load(Ordering::SeqCst))
    }

    fn pace(&self) -> u32 {
        1
    }
}

impl Centre {
    fn new() -> Self {
        let clock = Arc::new(HandClock(AtomicI64::new(1_795_000_000_000)));
        Centre { folder: tempfile::tempdir().expect("a folder"), clock }
    }

    async fn with_amina() -> Self {
        let centre = Centre::new();
        let registry = centre.open().await;
        registry.set_up(set_up(&centre.setup_code(), GOOD)).await.expect("an account");
        centre
    }

    async fn open(&self) -> Registry {
        let folder = self.folder.path();
        Registry::open(&folder.join("centre.db"), folder, self.clock.clone()).await.expect("a registry")
    }

    fn setup_file(&self) -> PathBuf {
        self.folder.path().join("setup-code")
    }

    fn setup_code(&self) -> String {
        std::fs::read_to_string(self.setup_file()).expect("a code").trim().to_owned()
    }
}

async fn pair(registry: &Registry, wished: &str, device: Option<DeviceId>) -> (String, String) {
    let asked = registry.ask_pairing(wish(DeviceKind::Kiosk, wished)).expect("a code");
    let approve = ApprovePairing { code: asked.code, device, zone: None };
    registry.approve_pairing(approve).await.expect("a device");
    match registry.pairing(&asked.secret) {
        Ok(PairingState::Approved { device, token, .. }) => (device.to_string(), token),
        other => panic!("not approved: {other:?}"),
    }
}

async fn paired(registry: &Registry, wished: &str) -> DeviceId {
    DeviceId::new(&pair(registry, wished, None).await.0).expect("an id")
}

async fn open(registry: &Registry, kiosk: &DeviceId, pin: &str) -> Result<String, Refusal> {
    registry.open_attendant(kiosk, pin.into()).await.map(|opened| opened.attendant)
}

const PIN: &str = "60418";

fn wish(kind: DeviceKind, device: &str) -> AskPairing {
    AskPairing { kind, device: DeviceId::new(device).expect("an id") }
}

fn set_up(code: &str, password: &str) -> SetUp {
    SetUp { code: code.into(), name: name("amina"), shown: "Amina Said".into(), password: password.into() }
}

fn sign_in(who: &str, password: &str) -> SignIn {
    SignIn { name: name(who), password: password.into() }
}

fn account(who: &str, role: Role, password: &str) -> MakeAccount {
    MakeAccount { name: name(who), shown: format!("{who} M"), role, password: password.into() }
}

fn name(text: &str) -> OfficerId {
    OfficerId::new(text).expect("a name")
}
