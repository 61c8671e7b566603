// What is said about faults: excerpts that cannot disturb a terminal, and the first hundred in
// order.

import CrossMarginIO
import Testing

@Suite struct ScanIssueTests {
  private func issue(_ file: String, _ line: Int?, _ text: String = "x") -> FieldIssue {
    FieldIssue(file: file, line: line, field: "f", text: text, expected: "y")
  }

  @Test func excerptsAreCutAndEscaped() {
    #expect(FieldIssue.excerpt("a\tb\n\r\"\\\u{1b}[31m") == "a\\tb\\n\\r\\\"\\\\\\u{1B}[31m")
    #expect(FieldIssue.excerpt("\u{202e}\u{2028}\u{0}") == "\\u{202E}\\u{2028}\\u{0}")
    let sixty = String(repeating: "é", count: 60)
    #expect(FieldIssue.excerpt(sixty) == sixty)
    #expect(FieldIssue.excerpt(sixty + "x") == sixty + "…")
  }

  @Test func descriptionsNameThePlace() {
    #expect(issue("p.csv", 17, "abc").description == "p.csv:17: f: found \"abc\", expected y")
    #expect(issue("p.csv", nil, "").description == "p.csv: f: found nothing, expected y")
    #expect(
      InputError.notFound(file: "a\u{1b}.csv").description
        == "a\\u{1B}.csv: found no such file, expected a file")
  }

  @Test func longFieldsAreQuotedShort() throws {
    let scratch = try ScanScratch()
    let path = try scratch.write("t.csv", "a\n" + String(repeating: "😀", count: 100_000) + "\n")
    var scanner = try CSVScanner(ByteSource(path: path, file: "t.csv"))
    var issues = FieldIssues()
    let hasRow = try scanner.next(&issues)
    let issue = scanner.issue(at: 0, expected: "y")
    #expect(hasRow)
    #expect(issue.found == "\"" + String(repeating: "😀", count: 60) + "…\"")
  }

  @Test func firstHundredAreKeptInFileOrder() {
    var issues = FieldIssues()
    for line in (1...300).reversed() { issues.append(issue("a", line)) }
    issues.append(issue("b", 1))
    issues.append(issue("a", 5, "second"))
    issues.append(issue("a", nil))
    #expect(issues.totalCount == 303)
    #expect(issues.first.count == 100)
    let lines = issues.first.map { $0.line ?? 0 }
    #expect(lines == [0, 1, 2, 3, 4, 5, 5] + Array(6...98))
    #expect(issues.first[6].found == "\"second\"")
  }

  @Test func listsAreJoined() {
    var first = FieldIssues()
    first.append(issue("a", 2))
    var second = FieldIssues()
    for line in 1...150 { second.append(issue("b", line)) }
    second.append(issue("a", 1))
    first.append(contentsOf: second)
    #expect(first.totalCount == 152)
    #expect(first.first.count == 100)
    #expect(first.first[0] == issue("a", 2))
    #expect(!first.isEmpty)
    #expect(FieldIssues().isEmpty)
  }
}
