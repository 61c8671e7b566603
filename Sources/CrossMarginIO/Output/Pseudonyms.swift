// Names of accounts as they are stored: their own, or keyed hashes that only the holder of the key
// can connect with them.

/// The stored names of all accounts, in the order of the accounts.
struct Pseudonyms: Sendable {
  /// Digits of the hash that are kept: 64 bits, so that among a million accounts two meet with a
  /// probability of about 3e-8; if they do, it is an error.
  static let hexDigitCount = 16

  /// What is stored for each account.
  let storedNames: [String]
  /// Positions of the names that must not appear; nil where all may.
  private let positions: [String: Int]?

  /// The names themselves, or with a key their pseudonyms.
  ///
  /// Precondition: a key is not empty.
  init(names: [String], key: [UInt8]?) throws(OutputError) {
    guard let key else {
      storedNames = names
      positions = nil
      return
    }
    let hashed = names.map { name in
      String(
        KeyedHash.hmacSHA256(key: key, message: Array(name.utf8).span).prefix(Self.hexDigitCount))
    }
    try Self.requireDistinct(hashed, of: names)
    storedNames = hashed
    positions = Dictionary(
      zip(names, names.indices), uniquingKeysWith: { first, _ in first })
  }

  /// A text for people that may name an account: the account's pseudonym where it is exactly that
  /// name, and nothing of it where it contains the name of any account.
  func masked(_ text: String) -> String {
    guard let positions else { return text }
    if let position = positions[text] { return storedNames[position] }
    return mentionsName(text, positions) ? "(withheld)" : text
  }

  /// Looks up every part of a text, since there are far fewer parts than accounts.
  private func mentionsName(_ text: String, _ positions: [String: Int]) -> Bool {
    let scalars = Array(text.unicodeScalars)
    for start in scalars.indices {
      var part = ""
      for scalar in scalars[start...] {
        part.unicodeScalars.append(scalar)
        if positions[part] != nil { return true }
      }
    }
    return false
  }

  private static func requireDistinct(
    _ hashed: [String], of names: [String]
  ) throws(OutputError) {
    let order = hashed.indices.sorted { hashed[$0] < hashed[$1] }
    for (left, right) in zip(order, order.dropFirst()) where hashed[left] == hashed[right] {
      throw .pseudonymCollision(first: names[left], second: names[right])
    }
  }
}
