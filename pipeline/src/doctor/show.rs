//! The findings as a table for people.

use super::finding::{Finding, Verdict};
use crate::report::{Paint, Terminal};

/// Narrower than this, text is not folded any more.
const NARROW: usize = 30;

/// One row a finding: verdict, what was looked at, what was found; below it what to do.
pub fn table(findings: &[Finding], terminal: &Terminal) -> String {
    let name = |finding: &Finding| format!("{}: {}", finding.group, finding.check);
    let wide = |text: &str| text.chars().count();
    let verdicts = findings.iter().map(|finding| wide(finding.verdict.as_str())).max().unwrap_or(0);
    let names = findings.iter().map(|finding| wide(&name(finding))).max().unwrap_or(0);
    let indent = verdicts + names + 4;
    let room = terminal.width.map(|width| usize::from(width).saturating_sub(indent)).filter(|room| *room >= NARROW);
    let mut text = String::new();
    for finding in findings {
        let verdict = format!("{:verdicts$}", finding.verdict.as_str());
        let verdict = match finding.verdict {
            Verdict::Ok => terminal.paint(Paint::Good, &verdict),
            Verdict::Warning | Verdict::NotChecked => terminal.paint(Paint::Doubtful, &verdict),
            Verdict::Wrong => terminal.paint(Paint::Bad, &verdict),
        };
        let mut lines = folded(&finding.found, room).into_iter();
        text.push_str(&format!("{verdict}  {:names$}  {}\n", name(finding), lines.next().unwrap_or_default()));
        let remedy = finding.remedy.iter().flat_map(|remedy| {
            let label = terminal.paint(Paint::Hint, "do:");
            let lines = folded(remedy, room.map(|room| room.saturating_sub(4))).into_iter();
            lines.enumerate().map(move |(number, line)| match number {
                0 => format!("{label} {line}"),
                _ => format!("    {line}"),
            })
        });
        for line in lines.chain(remedy) {
            text.push_str(&format!("{:indent$}{line}\n", ""));
        }
    }
    text.push_str(&format!("\n{}\n", counted(findings)));
    text
}

fn counted(findings: &[Finding]) -> String {
    let number = |verdict| findings.iter().filter(|finding| finding.verdict == verdict).count();
    let all = [Verdict::Ok, Verdict::Warning, Verdict::Wrong, Verdict::NotChecked];
    let parts = all.map(|verdict| (number(verdict), verdict.as_str()));
    let parts = parts.iter().filter(|(number, _)| *number > 0).map(|(number, verdict)| format!("{number} {verdict}"));
    parts.collect::<Vec<_>>().join(", ")
}

/// Lines of at most that many characters, broken between words.
fn folded(text: &str, room: Option<usize>) -> Vec<String> {
    let Some(room) = room else { return text.lines().map(str::to_owned).collect() };
    let mut lines = Vec::new();
    for whole in text.lines() {
        let mut line = String::new();
        for word in whole.split(' ') {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > room {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::finding::Findings;
    use super::*;
    use crate::Exit;

    #[test]
    fn a_table_fits_its_terminal_and_has_colours_only_where_they_are_wanted() {
        let mut findings = Findings::of("folders");
        findings.ok("state", "/srv/state, writable; 12 GiB free");
        findings.wrong(
            "cache",
            Exit::Permission,
            "/srv/cache cannot be written to: permission denied",
            "let this user write there",
        );
        let findings = findings.into_all();
        let expected = "\
ok     folders: state  /srv/state, writable; 12 GiB
                       free
wrong  folders: cache  /srv/cache cannot be written to:
                       permission denied
                       do: let this user write there

1 ok, 1 wrong
";
        let narrow = Terminal { width: Some(55), ..Terminal::plain() };
        assert_eq!(table(&findings, &narrow), expected);
        let plain = table(&findings, &Terminal::plain());
        assert_eq!(plain.lines().count(), 5, "{plain}");
        assert!(!plain.contains('\u{1b}'));
        assert!(table(&findings, &Terminal { color: true, ..narrow }).contains("\u{1b}[31;1mwrong"));
    }
}
