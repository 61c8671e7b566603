// Times CrossMargin's kernels for the driver of Peers/kernels, by the protocol that all contestants
// follow, and writes the inputs that they share.

import Foundation
import KernelWork

let usage = """
  usage: contestant inputs WORK     write the inputs of all kernels into a folder
         contestant KERNEL WORK     load, write the answer, print "ready"; then, for each line "go",
                                    print seconds per element
         contestant check           compare each kernel with plain arithmetic, once
         contestant bounds          print the bound of each kernel on this machine
         contestant rules           print a table of the time of each rule set of Data/parameters
         contestant liquidation     print a table of the time of each part of the liquidation study
  kernels: \(KernelWorks.names.joined(separator: " "))
  """

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data((message + "\n").utf8))
  exit(2)
}

/// Prints at once: the driver waits for each line.
func say(_ line: String) { FileHandle.standardOutput.write(Data((line + "\n").utf8)) }

func writeInputs(to folder: URL) throws {
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  for name in KernelWorks.names {
    for input in KernelWorks.named(name)?.inputs ?? [] {
      try Data(input.bytes).write(to: folder.appendingPathComponent(input.name))
    }
  }
}

func printBounds() {
  let rates = MachineRates.measured()
  for name in KernelWorks.names {
    guard let work = KernelWorks.named(name) else { continue }
    let nanoseconds = rates.seconds(work.bound) * 1e9
    print(
      "\(name)\t\(String(format: "%.4g", nanoseconds))\tns per \(work.elementName)"
        + "\t\(work.bound.description)")
  }
}

func printRules() throws {
  say("| rule set | holdings of an account | time of an account |")
  say("| --- | ---: | ---: |")
  for rule in try KernelWorks.ruleTimes(rounds: 5) {
    say(
      "| \(rule.name.dropFirst(5)) | \(String(format: "%.1f", rule.holdingCount))"
        + " | \(String(format: "%.2f", rule.seconds * 1e6)) us |")
  }
}

func printLiquidation() throws {
  say("| part | time of an account |")
  say("| --- | ---: |")
  let parts = try KernelWorks.liquidationTimes(rounds: 3, accountCount: 4_096, threadCount: 1)
  for part in parts {
    say("| \(part.name) | \(String(format: "%.1f", part.seconds * 1e6)) us |")
  }
}

func compete(_ name: String, in folder: URL) throws {
  let work = try KernelWorks.checked(name)
  let answers = folder.appendingPathComponent("answers")
  try FileManager.default.createDirectory(at: answers, withIntermediateDirectories: true)
  try work.answer().withUnsafeBytes { bytes in
    try Data(bytes).write(to: answers.appendingPathComponent("crossmargin-\(name).f64"))
  }
  say("ready")
  while readLine() == "go" {
    say("\(try work.secondsPerElement())")
  }
}

let arguments = CommandLine.arguments.dropFirst()
do {
  switch (arguments.first, arguments.count) {
  case ("check", 1):
    for name in KernelWorks.names {
      _ = try KernelWorks.checked(name)
      say("\(name): right")
    }
  case ("bounds", 1): printBounds()
  case ("rules", 1): try printRules()
  case ("liquidation", 1): try printLiquidation()
  case ("inputs", 2): try writeInputs(to: URL(fileURLWithPath: arguments[2]))
  case (let kernel?, 2): try compete(kernel, in: URL(fileURLWithPath: arguments[2]))
  default: fail(usage)
  }
} catch {
  fail("contestant: \(error)")
}
