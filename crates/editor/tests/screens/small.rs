//! Every screen in a small window: all of it can be seen, and all that can be chosen.

use super::*;

#[test]
fn in_any_window_all_of_a_reason_can_be_seen() {
    for (width, height) in [(20, 6), (24, 8), (40, 12), (39, 30), (80, 24)] {
        let mut state = with_ghost(width, height);
        key(&mut state, KeyCode::F(3));
        let mut seen = String::new();
        for code in [KeyCode::PageDown; 4].into_iter().chain([KeyCode::PageUp; 4]) {
            seen.push_str(&draw(&state).text());
            key(&mut state, code);
        }
        for part in ["you soon", "80 %", "the network", "often said", "your texts", "50 %", "randmother.md"] {
            assert!(seen.contains(part), "{part} at {width}×{height}: {seen}");
        }
        for part in ["Alt-X forget", "Alt-B never offer", "↑↓"] {
            assert!(seen.contains(part), "{part} at {width}×{height}: {seen}");
        }
    }
}

#[test]
fn help_is_whole_in_any_window() {
    for (width, height) in ALL_SIZES {
        let mut state = letter(width, height);
        key(&mut state, KeyCode::F(1));
        let (mut seen, mut last) = (String::new(), String::new());
        while last != draw(&state).text() {
            last = draw(&state).text();
            seen.push_str(&last);
            key(&mut state, KeyCode::Down);
        }
        for words in ["take what is", "there: measure again", "Ctrl-\\", "a key that types", "be written"] {
            let words: Vec<&str> = words.split(' ').collect();
            assert!(words.iter().all(|word| seen.contains(word)), "{words:?} at {width}×{height}");
        }
        assert!(!last.contains("more"), "the end is reached: {last}");
    }
    snapshots_at(&[SMALL], "help", |width, height| {
        let mut state = letter(width, height);
        key(&mut state, KeyCode::F(1));
        state
    });
}

fn protected(width: u16, height: u16) -> State {
    let mut state = empty(width, height);
    state.settings.incognito = true;
    send(
        &mut state,
        Message::FileOpened(FileContent {
            path: PathBuf::from("/etc/a-long-name.conf"),
            text: "text".to_owned(),
            exists: true,
            form: FileForm::default(),
            read_only: true,
            stamp: None,
        }),
    );
    key(&mut state, KeyCode::End);
    state
}

#[test]
fn what_holds_for_the_text_stays_in_the_status_line() {
    snapshots_at(&ALL_SIZES, "protected", protected);
    for (width, height) in ALL_SIZES {
        let mut state = protected(width, height);
        type_text(&mut state, "x");
        let status = draw(&state).rows().pop().unwrap();
        let read_only = if width < 40 { "ro" } else { "read-only" };
        for said in [" * (", read_only, if width < 40 { "inc" } else { "incognito" }] {
            assert!(status.contains(said), "{said} at {width}: {status}");
        }
        assert!(status.contains("name.conf") || width < 40, "{status}");
        state.settings.incognito = false;
        let status = draw(&state).rows().pop().unwrap();
        assert!(status.contains(&format!(" * ({read_only})")) && !status.contains("incognito"), "{status}");
    }
    for (width, said) in [(80, "incognito: nothing typed is learned"), (40, "incognito"), (20, "incognito")] {
        let mut state = empty(width, 24);
        state.settings.incognito = true;
        let status = draw(&state).rows().pop().unwrap();
        assert!(status.contains(said) && (width < 40 || status.contains("1:1")), "{status}");
        for code in [KeyCode::F(1), KeyCode::F(2)] {
            key(&mut state, code);
            assert!(draw(&state).rows()[..22].join("\n").contains("incognito"), "{code:?} at {width}");
            key(&mut state, KeyCode::Esc);
        }
    }
}

#[test]
fn a_match_is_marked_without_being_selected() {
    let mut state = letter(80, 24);
    press(&mut state, KeyCode::Char('f'), KeyModifiers::CONTROL);
    type_text(&mut state, "beans");
    key(&mut state, KeyCode::Enter);
    let drawn = draw(&state);
    let Position { x, y } = drawn.cursor;
    let word: String = (x..x + 5).map(|x| drawn.buffer[(x, y)].symbol().to_owned()).collect();
    assert_eq!(word, "beans");
    assert_eq!(drawn.underlined(Rect::new(0, 0, 80, 22)), 5);
    key(&mut state, KeyCode::Right);
    assert_eq!(draw(&state).underlined(Rect::new(0, 0, 80, 22)), 0);
}

#[test]
fn the_search_bar_shows_the_query_and_the_count_in_any_window() {
    for (width, height) in ALL_SIZES {
        for query in ["the", "The", "a rather long query"] {
            let mut state = letter(width, height);
            press(&mut state, KeyCode::Char('f'), KeyModifiers::CONTROL);
            type_text(&mut state, query);
            let drawn = draw(&state);
            let row = &drawn.rows()[usize::from(height) - 2];
            let end: String = query.chars().skip(query.chars().count().saturating_sub(5)).collect();
            assert!(row.contains("Find: ") && row.contains(&end), "{row}");
            let count = if width < 30 { ["/", "none"] } else { [" of ", "no match"] };
            assert!(count.iter().any(|count| row.contains(count)), "{row}");
            assert!(drawn.cursor.x < width && drawn.cursor.y == height - 2);
        }
    }
}

fn asks_before_it_stops(width: u16, height: u16) -> State {
    let mut state = running(width, height);
    key(&mut state, KeyCode::Char('c'));
    state
}

fn fails(width: u16, height: u16) -> State {
    let mut state = running(width, height);
    let said = "No room on the disk to save /data/models/x: free some space.";
    send(&mut state, Message::TrainingFailed(said.to_owned()));
    state.status = None;
    state
}

/// The words of all that can be scrolled to.
fn words_of_all(mut state: State) -> String {
    let (mut seen, mut last) = (Vec::new(), String::new());
    while last != draw(&state).text() {
        last = draw(&state).text();
        seen.extend(last.split_whitespace().map(str::to_owned));
        key(&mut state, KeyCode::Down);
    }
    seen.join(" ")
}

#[test]
fn the_panel_and_its_questions_can_be_read_whole_and_their_choices_are_seen() {
    let makes: [(&str, Make, &[&str]); 8] = [
        ("panel_folder", panel, &["Folder: ~/letters", "[Enter] look", "[Esc] text", "computer."]),
        ("panel_no_folder", no_folder, &["/home/kim/leters", "Check its name.", "[Enter] look"]),
        (
            "panel_preview",
            previewed,
            &["[s] start", "[e] folder", "12 documents,", "12.md", "photo.jpg:", "not UTF-8"],
        ),
        (
            "panel_running",
            running,
            &["58% learning", "[p] pause", "[k] stop and keep", "[c] cancel", "test:", "0.83"],
        ),
        (
            "panel_adopted",
            |width, height| finished(true)(width, height),
            &["[r] model before", "bits per byte", "54.2"],
        ),
        ("panel_failed", fails, &["free some space.", "[e] folder", "as it was."]),
        ("panel_asks_before_it_stops", asks_before_it_stops, &["is better.", "[▸Go on] [ Stop]"]),
        ("model_opened", model::opened, &["Hidden state:", "[m] measure", "[Esc] text", "learning yet"]),
    ];
    for (name, make, parts) in makes {
        snapshots_at(&[SMALL], name, make);
        let seen = words_of_all(make(20, 6));
        for part in parts {
            assert!(seen.contains(part), "{part} in {name}: {seen}");
        }
        let drawn = draw(&make(20, 6));
        assert!(drawn.rows().iter().all(|row| row.width() <= 20), "{:?}", drawn.rows());
    }
    // Where there is room, the parts have their places.
    assert!(draw(&running(40, 12)).text().contains("┌ ▸ Learn"));
}
