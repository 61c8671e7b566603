// What the results were made from and with.

import CrossMargin

extension ReportData {
  /// Warnings, rule sets, stand-ins, inputs, stages and how to repeat the run.
  func writeProvenance(into page: inout Markup) {
    page.section(
      .provenance, lead: "What was noticed on the way, and what the results were made from.",
      isLong: true
    ) { card in
      card.element("div", ["class": "columns"]) { columns in
        writeWarnings(into: &columns)
        writeRules(into: &columns)
        writePrices(into: &columns)
        columns.pairs("Run", run.facts)
        columns.pairs(
          "Stages",
          run.stages.map {
            NamedText(name: $0.name, text: NumberText.duration(seconds: $0.elapsedSeconds))
          })
        writeInputs(into: &columns)
      }
      card.element("h3", text: "The same again")
      card.element(
        "pre",
        text: "crossmargin run \(Self.shellWord(run.book)) --seed \(run.seed)\n"
          + "crossmargin export RESULTS --canonical --hash")
    }
  }

  private func writeWarnings(into columns: inout Markup) {
    columns.element("div") { box in
      box.element("h3", text: "Warnings")
      guard !warnings.isEmpty else {
        box.element("p", ["class": "nothing"], text: "None.")
        return
      }
      box.element("table") { table in
        table.element("tbody") { body in
          for warning in warnings {
            body.element("tr") { row in
              row.element("td", ["class": "number"], text: NumberText.count(warning.count))
              row.element("td", ["class": "text"]) { cell in
                cell.text(warning.kind.replacing("_", with: " "))
                for (position, example) in warning.examples.prefix(3).enumerated() {
                  cell.text(position == 0 ? ": " : ", ")
                  cell.name(example)
                }
              }
            }
          }
        }
      }
    }
  }

  private func writeRules(into columns: inout Markup) {
    columns.pairs(
      "Rule sets",
      models.map {
        NamedText(
          name: $0.name,
          text: "\($0.parameterFile), in force since \(NumberText.instant("\($0.effectiveFrom)"))")
      })
    if !run.proxies.isEmpty {
      columns.pairs(
        "Stand-ins for missing history",
        run.proxies.map { NamedText(name: $0.name, text: "moves of \($0.text)") })
    }
  }

  private func writePrices(into columns: inout Markup) {
    columns.pairs(
      "Prices",
      assets.map { asset in
        NamedText(
          name: asset.name,
          text: NumberText.price(asset.priceUSD) + " USD"
            + (asset.ageDays.map { ", " + NumberText.age(days: $0) + " old" } ?? ""))
      })
  }

  private func writeInputs(into columns: inout Markup) {
    columns.element("div", ["class": "full"]) { box in
      box.element("h3", text: "Inputs and their SHA-256")
      box.element("table") { table in
        table.element("tbody") { body in
          for input in run.inputs {
            body.element("tr") { row in
              row.element("td", ["class": "text"]) { $0.name(input.name) }
              row.element("td", ["class": "hash"], text: input.text)
            }
          }
        }
      }
    }
  }

  /// A name as one word of a shell's command.
  private static func shellWord(_ name: String) -> String {
    let plain = name.utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
        UInt8(ascii: "."), UInt8(ascii: "/"):
        true
      default: false
      }
    }
    return plain && !name.isEmpty ? name : "'" + name.replacing("'", with: "'\\''") + "'"
  }
}

extension Markup {
  /// A small table of names and texts.
  fileprivate mutating func pairs(_ title: String, _ pairs: [NamedText]) {
    guard !pairs.isEmpty else { return }
    element("div") { box in
      box.element("h3", text: title)
      box.element("table") { table in
        table.element("tbody") { body in
          for pair in pairs {
            body.element("tr") { row in
              row.element("td") { $0.name(pair.name) }
              row.element("td", ["class": "text"]) { $0.name(pair.text) }
            }
          }
        }
      }
    }
  }
}
