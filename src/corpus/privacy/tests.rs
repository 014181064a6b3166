use super::*;

/// A made-up random-looking token; never a real one.
fn random_token(length: usize) -> String {
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut x: u64 = 0x9e37_79b9_7f4a_7c15;
    (0..length)
        .map(|_| {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            char::from(alphabet[(x % 62) as usize])
        })
        .collect()
}

#[test]
fn lines_with_secrets_are_caught() {
    let token = random_token(36);
    let lines = [
        "password: hunter2".to_owned(),
        "Password: correcthorse".to_owned(),
        "my PASSWORD = s3cret!".to_owned(),
        "\"password\": \"swordfish\",".to_owned(),
        "**Password:** swordfish".to_owned(),
        "wifi pwd: Blue-Kettle-42 (guest)".to_owned(),
        "the password is Kettle42 since May".to_owned(),
        "api_key=abcd-efgh".to_owned(),
        "API key: 12ab34cd56".to_owned(),
        format!("aws AKIA{}", "Q7".repeat(8)),
        format!("token ghp_{token}"),
        format!("Authorization: Bearer {token}"),
        "commit key 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c".to_owned(),
        "clone https://ann:s3cret@example.org/repo.git".to_owned(),
        "card 4111 1111 1111 1111 exp 12/29".to_owned(),
        "card 5500-0000-0000-0004".to_owned(),
        "378282246310005".to_owned(),
        "-----BEGIN RSA PRIVATE KEY----- MIIEow".to_owned(),
    ];
    for line in lines {
        assert!(looks_secret(&line), "{line}");
    }
}

#[test]
fn prose_is_not_caught() {
    let lines = [
        "Please choose a password that you can remember.",
        "The password is required, and so is patience.",
        "Password: choose one that nobody can guess.",
        "He forgot his password again: it was the third time this week.",
        "The secret: work hard and sleep well.",
        "We ran past the bypass: slowly.",
        "See https://example.org/2019/03/21/how-to-write-a-good-letter-in-ten-steps/index.html for more.",
        "https://en.example.org/wiki/Incomprehensibilities_of_the_nineteenth_century#History2",
        "He called HttpServletRequestFactoryBeanInitializer2 and went home.",
        "The files are in /usr/local/share/documents/letters-1998/answers/",
        "Call +44 20 7946 0958 or 555-0199 between 2026-11-24T10:00 and 2026-11-25T18:30.",
        "ISBN 978-0-14-043907-6, 1234567890123456 pages",
        "In 1914 1918 1939 1945 1989 the maps were drawn anew.",
        "Donaudampfschifffahrtsgesellschaftskapitän is one word.",
        "안녕하세요 세계 여러분 모두 반갑습니다",
        "mail to ann@example.org: she answers https://example.org:8080/inbox quickly",
        "internationalization-and-localization_of_user_interfaces",
        "password",
        "password:",
        "",
    ];
    for line in lines {
        assert!(!looks_secret(line), "{line}");
    }
}

#[test]
fn a_private_key_goes_whole_and_what_follows_stays() {
    let text = "before\n-----BEGIN PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIE\nabc\n-----END PRIVATE KEY-----\nafter\n";
    assert_eq!(redact(text), ("before\nafter\n".to_owned(), 5));
    let one_line = "before\n-----BEGIN PRIVATE KEY----- MII -----END PRIVATE KEY-----\nafter\n";
    assert_eq!(redact(one_line), ("before\nafter\n".to_owned(), 1));
}

#[test]
fn a_key_that_is_never_closed_does_not_swallow_the_text() {
    let text = "-----BEGIN EC PRIVATE KEY-----\nMIIE\n\nThen we all went home to sleep.\nEnd\n";
    assert_eq!(redact(text), ("Then we all went home to sleep.\nEnd\n".to_owned(), 2));
}

#[test]
fn luhn_accepts_test_numbers_and_refuses_a_changed_digit() {
    for number in ["4111111111111111", "5500000000000004", "378282246310005", "6011000000000004"] {
        assert!(passes_luhn(number), "{number}");
        let changed = format!(
            "{}{}",
            &number[..number.len() - 1],
            (number.as_bytes()[number.len() - 1] - b'0' + 1) % 10
        );
        assert!(!passes_luhn(&changed), "{changed}");
    }
}

#[test]
fn clean_text_passes_through_untouched() {
    let text = "One line.\n\n  Another line, without an end";
    assert_eq!(redact(text), (text.to_owned(), 0));
}
