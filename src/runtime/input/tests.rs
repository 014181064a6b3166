use super::*;

fn typed(text: &str) -> Vec<Input> {
    let mut parser = Parser::new(None, |_| false);
    parser.feed(text.as_bytes());
    parser.take()
}

fn key(code: KeyCode) -> Message {
    Message::KeyPressed(code.into())
}

#[test]
fn some_characters_are_keys_and_many_at_once_are_pasted_text() {
    let mut burst = None;
    let few = "x".repeat(BURST - 1);
    assert_eq!(messages(typed(&few), &mut burst), vec![key(KeyCode::Char('x')); BURST - 1]);
    let many = format!("\x13{}\x1b[A", "one\ttwo\rthree\n\r\n".repeat(40));
    let found = messages(typed(&many), &mut burst);
    let text = "one\ttwo\nthree\n\n".repeat(40);
    let save = KeyEvent::new(KeyCode::Char('s'), KeyModifiers::CONTROL);
    assert_eq!(found, [Message::KeyPressed(save), Message::Pasted(text), key(KeyCode::Up)]);
}

#[test]
fn a_burst_goes_on_until_something_else_comes() {
    let mut burst = Some(Instant::now() + BURST_GAP * 1_000);
    assert_eq!(messages(typed("rest\r"), &mut burst), [Message::PasteWentOn("rest\n".to_owned())]);
    let mut burst = Some(Instant::now() + BURST_GAP * 1_000);
    let found = messages(typed("\x1b[Dok"), &mut burst);
    assert_eq!(found, [key(KeyCode::Left), key(KeyCode::Char('o')), key(KeyCode::Char('k'))]);
    assert_eq!(burst, None);
}

#[test]
fn pasted_line_ends_are_those_of_the_editor() {
    let pasted = typed("\x1b[200~a\rb\r\nc\nd\x1b[201~");
    assert_eq!(messages(pasted, &mut None), [Message::Pasted("a\nb\nc\nd".to_owned())]);
}

#[test]
fn a_pointer_that_moves_is_no_message() {
    assert_eq!(messages(typed("\x1b[<35;7;8M"), &mut None), []);
}
