//! What stands in `deploy/` is read here as a machine would read it, so that it cannot go stale unnoticed.

use std::collections::BTreeMap;

use serde_json::Value;
use station::process::RESTART_ORDERED;

use crate::settings::EX_CONFIG;

#[test]
fn the_browsers_policy_shuts_all_that_a_citizen_does_not_need() {
    let text = include_str!("../../deploy/chromium/foleni-kiosk.json");
    let policy: BTreeMap<String, Value> = serde_json::from_str(text).expect("a policy is JSON");
    for off in [
        "TranslateEnabled",
        "AutofillAddressEnabled",
        "AutofillCreditCardEnabled",
        "PasswordManagerEnabled",
        "PrintingEnabled",
        "AllowFileSelectionDialogs",
        "SpellcheckEnabled",
        "AudioCaptureAllowed",
        "VideoCaptureAllowed",
        "ScreenCaptureAllowed",
        "MetricsReportingEnabled",
        "BrowserGuestModeEnabled",
        "TaskManagerEndProcessEnabled",
        "BackgroundModeEnabled",
    ] {
        assert_eq!(policy.get(off), Some(&Value::Bool(false)), "{off}");
    }
    // 2 is "never" for developer tools, pop-ups, notifications and places; 3 keeps every file from being saved.
    for never in ["DeveloperToolsAvailability", "DefaultPopupsSetting", "DefaultNotificationsSetting", "DefaultGeolocationSetting"] {
        assert_eq!(policy[never], 2, "{never}");
    }
    assert_eq!((&policy["DownloadRestrictions"], &policy["BrowserSignin"]), (&3.into(), &0.into()));
    assert_eq!(policy["URLBlocklist"], serde_json::json!(["*"]), "nothing opens but the station's page");
    let allowed: Vec<&str> = policy["URLAllowlist"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
    assert_eq!(allowed, ["http://127.0.0.1:7401", "http://localhost:7401"]);
}

#[test]
fn the_browser_opens_the_page_that_the_station_serves_by_its_example() {
    let example = include_str!("../../deploy/kiosk.toml");
    assert!(example.contains("\nport = 7401\n"));
    assert!(include_str!("../../deploy/systemd/foleni-kiosk-browser.service").contains("FOLENI_PAGE=http://127.0.0.1:7401/kiosk\n"));
    assert!(include_str!("../../deploy/systemd/foleni-kiosk-page.service").contains("page-check 7401 foleni-kiosk-browser.service\n"));
    let screen = include_str!("../../deploy/bin/screen");
    for flag in [
        "--kiosk",
        "--hide-crash-restore-bubble",
        "--disable-pinch",
        "--overscroll-history-navigation=0",
        "--no-first-run",
        "--autoplay-policy=no-user-gesture-required",
    ] {
        assert!(screen.contains(flag), "{flag}");
    }
    // The printer's name in the example is the one that the rule gives.
    assert!(example.contains("usb:///dev/foleni-printer"));
    assert!(include_str!("../../deploy/udev/70-foleni-printer.rules").contains("SYMLINK+=\"foleni-printer\""));
}

#[test]
fn the_service_manager_knows_how_the_station_ends() {
    let unit = unit(include_str!("../../deploy/systemd/foleni-kiosk.service"));
    let of = |key: &str| unit.get(key).map(String::as_str);
    assert_eq!(of("Type"), Some("notify"), "the browser waits until the page is served");
    assert_eq!(of("Restart"), Some("always"));
    assert_eq!(of("SuccessExitStatus"), Some(RESTART_ORDERED.to_string().as_str()));
    assert_eq!(of("RestartPreventExitStatus"), Some(EX_CONFIG.to_string().as_str()));
    assert_eq!(of("DynamicUser"), Some("yes"));
    assert!(of("WatchdogSec").is_some() && of("StateDirectory").is_some());
    let groups = of("SupplementaryGroups").unwrap_or_default();
    assert!(groups.contains("lp") && groups.contains("dialout"), "{groups}");
}

/// Returns the last value of each key of a unit.
fn unit(text: &str) -> BTreeMap<String, String> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| line.split_once('=')).map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
}
