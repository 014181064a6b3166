use super::*;

fn left(text: &str) -> String {
    redact(text, text).text
}

#[test]
fn the_value_goes_and_what_stands_around_it_stays() {
    for (text, expected, count) in [
        (
            "The router's password is Kettle-1971, and tea is at four.",
            "The router's password is \nand tea is at four.",
            1,
        ),
        ("before\npassword: Kettle-1971\nafter", "before\npassword: \nafter", 1),
        ("\"password\": \"swordfish\",\n\"port\": 22", "\"password\": \"\n\"port\": 22", 1),
        (
            "clone https://ann:Kettle1971@example.org/repo.git now",
            "clone https://ann:\n@example.org/repo.git now",
            1,
        ),
        ("card 4111 1111 1111 1111 exp 12/29", "card \nexp 12/29", 1),
        ("4111 1111 1111 1111\nand more", "and more", 1),
        ("One line.\n\n  Another line, without an end", "One line.\n\n  Another line, without an end", 0),
    ] {
        let redacted = redact(text, text);
        assert_eq!((redacted.text.as_str(), redacted.count), (expected, count), "{text}");
    }
}

#[test]
fn a_value_goes_wherever_it_stands() {
    let text = "Kettle1971 is what she said.\nI wrote KETTLE1971 down; kettle1971's lid.\npassword: Kettle1971\nNot Kettle19712, a Kettle.";
    let redacted = redact(text, text);
    assert!(
        !redacted.text.to_lowercase().replace("kettle19712", "").contains("kettle1971"),
        "{}",
        redacted.text
    );
    assert!(redacted.text.contains("Kettle19712, a Kettle."), "only as a whole: {}", redacted.text);
    assert_eq!(redacted.count, 4);
    // A value that is an everyday word is cut where it is a value only.
    assert!(left("password: \"because\"\nWe stayed because it rained.").contains("stayed because it rained"));
}

#[test]
fn a_private_key_goes_whole_and_what_follows_stays() {
    let text = "before\n-----BEGIN PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIE\nabc\n-----END PRIVATE KEY-----\nafter\n";
    assert_eq!(left(text), "before\nafter\n");
    let one_line = "before\n-----BEGIN PRIVATE KEY----- MII -----END PRIVATE KEY-----\nafter\n";
    assert_eq!(left(one_line), "before\nafter\n");
}

#[test]
fn a_key_that_is_never_closed_does_not_swallow_the_text() {
    let text = "-----BEGIN EC PRIVATE KEY-----\nMIIE\n\nThen we all went home to sleep.\nEnd\n";
    assert_eq!(left(text), "\nThen we all went home to sleep.\nEnd\n");
}

#[test]
fn what_was_found_in_another_text_goes_too() {
    let text = "PIN of the shed: 730184";
    let values = redact(text, text).values;
    assert_eq!(values, ["730184"]);
    let values = Values::new(values.iter().map(String::as_str));
    assert_eq!(purge("type 730184 and pull", &values), Some(("type \nand pull".to_owned(), 1)));
    assert_eq!(purge("type 7301845 and pull", &values), None);
    assert_eq!(purge("anything", &Values::default()), None);
}
