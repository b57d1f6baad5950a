//! How entries are chained: the hash of each covers the hash before it, so none can be altered or taken out unseen.

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::{Entry, StoreError, Tail};
use protocol::Seq;

/// The SHA-256 of an entry and of all before it; zeros before the first.
pub type Hash = [u8; 32];

/// An entry that has found its place in the chain.
pub(super) struct Link<'a> {
    pub entry: &'a Entry,
    pub kind: String,
    pub hash: Hash,
}

/// Returns the entries chained to `tail`, and the tail they make.
pub(super) fn links<'a>(tail: &Tail, entries: &'a [Entry]) -> Result<(Vec<Link<'a>>, Tail), StoreError> {
    let mut tail = *tail;
    let mut links = Vec::with_capacity(entries.len());
    for entry in entries {
        let expected = Seq(tail.seq.0 + 1);
        if entry.seq != expected {
            return Err(StoreError::Gap { expected, found: entry.seq });
        }
        if tail.seq.0 > 0 && entry.at < tail.at {
            return Err(StoreError::Backwards { seq: entry.seq });
        }
        let kind = kind(&entry.event).ok_or(StoreError::BadEvent { seq: entry.seq })?;
        let hash = hash(&tail.hash, entry);
        let day_opened = if kind == DAY_OPENED { Some(entry.seq) } else { tail.day_opened };
        tail = Tail { seq: entry.seq, at: entry.at, hash, day_opened };
        links.push(Link { entry, kind, hash });
    }
    Ok((links, tail))
}

/// The event from which the state of a day is folded.
const DAY_OPENED: &str = "day_opened";

/// Returns the event's `type`.
pub(super) fn kind(event: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Tagged {
        #[serde(rename = "type")]
        kind: String,
    }
    serde_json::from_str::<Tagged>(event).ok().map(|tagged| tagged.kind)
}

/// Returns the entry's hash, given the hash of the one before it.
///
/// Every field goes in behind its length, eight bytes, least first; an absent field is a length of all ones. So no two
/// different entries give the hash the same bytes to eat.
pub(super) fn hash(before: &Hash, entry: &Entry) -> Hash {
    let fingerprint = entry.fingerprint.map(i64::to_le_bytes);
    let fields: [Option<&[u8]>; 6] = [
        Some(&entry.seq.0.to_le_bytes()),
        Some(&entry.at.0.to_le_bytes()),
        Some(entry.day.as_bytes()),
        entry.request.as_ref().map(|request| request.as_str().as_bytes()),
        fingerprint.as_ref().map(|bytes| bytes.as_slice()),
        Some(entry.event.as_bytes()),
    ];
    let mut digest = Sha256::new();
    digest.update(before);
    for field in fields {
        let length = field.map_or(u64::MAX, |bytes| bytes.len() as u64);
        digest.update(length.to_le_bytes());
        digest.update(field.unwrap_or_default());
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use protocol::{RequestId, Time};

    use super::*;

    #[test]
    fn every_field_changes_the_hash() {
        let changes: [fn(&mut Entry); 8] = [
            |entry| entry.seq = Seq(2),
            |entry| entry.at = Time(6),
            |entry| entry.day = "2026-11-25".into(),
            |entry| entry.request = None,
            |entry| entry.request = RequestId::new("s").ok(),
            |entry| entry.fingerprint = None,
            |entry| entry.fingerprint = Some(0),
            |entry| entry.event.push(' '),
        ];
        let plain = hash(&[0; 32], &entry());
        assert_ne!(plain, hash(&[1; 32], &entry()));
        for change in changes {
            let mut changed = entry();
            change(&mut changed);
            assert_ne!(plain, hash(&[0; 32], &changed), "{changed:?}");
        }
    }

    /// Journals out in the centres were hashed this way; a change here would call all of them forged.
    #[test]
    fn the_hash_stays_what_it_always_was() {
        let hex: String = hash(&[0; 32], &entry()).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "1fa0e1fd80dde91811ba29070cb21590c504574a78a9023ec844ead8060955fc");
    }

    #[test]
    fn an_event_without_a_type_has_no_place() {
        for bad in ["", "1", "{}", r#"{"type":1}"#, r#"{"type":"x""#] {
            let entry = Entry { event: bad.into(), ..entry() };
            assert!(matches!(links(&Tail::default(), &[entry]), Err(StoreError::BadEvent { .. })), "{bad}");
        }
    }

    fn entry() -> Entry {
        let request = RequestId::new("r").ok();
        let event = r#"{"type":"day_opened"}"#.into();
        Entry { seq: Seq(1), at: Time(5), day: "2026-11-24".into(), request, fingerprint: Some(7), event }
    }
}
