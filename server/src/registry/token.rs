//! Secrets that prove a session or a device: told once, kept only as a digest.

use sha2::Sha256;

/// What is kept of a token.
pub(super) type Digest = [u8; 32];

/// Returns a new token: 32 random bytes as 64 hexadecimal digits.
pub(super) fn new() -> String {
    random::<32>().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns what is kept of a token.
pub(super) fn digest(token: &str) -> Digest {
    use sha2::Digest as _;
    Sha256::digest(token.as_bytes()).into()
}

/// Returns so many random decimal digits, for a person to type.
pub(super) fn digits(count: usize) -> String {
    let number = u128::from_le_bytes(random());
    let digits = format!("{number:039}");
    digits[digits.len() - count..].to_owned()
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the kernel gives random bytes once it has started");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_tokens_are_alike() {
        let (one, other) = (new(), new());
        assert_eq!(one.len(), 64);
        assert_ne!(one, other);
        assert_ne!(digest(&one), digest(&other));
    }

    #[test]
    fn digits_are_digits_and_all_of_them_occur() {
        let many: String = (0..200).map(|_| digits(6)).collect();
        assert_eq!(many.len(), 1_200);
        for digit in '0'..='9' {
            assert!(many.contains(digit), "{digit}");
        }
    }
}
