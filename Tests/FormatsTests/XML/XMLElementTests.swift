import Formats
import TestSupport
import Testing

@Suite struct XMLElementTests {
    private static let leaf = XMLElement(name: "a", text: "x")

    static let documents: [(name: String, text: String, element: XMLElement)] = [
        ("plain", "<a>x</a>", leaf), ("declared", "<?xml version=\"1.0\" encoding='UTF-8'?>\n<a>x</a>\n", leaf),
        ("byte order mark", "\u{FEFF}<a>x</a>", leaf), ("comments", "<!-- <b> --><a><!---->x<?p i?></a><!--z-->", leaf),
        ("space in tags", "<a\n >x</a\t>", leaf), ("empty", "<a/>", XMLElement(name: "a")),
        ("entities", "<a>&lt;&amp;&gt;&quot;&apos;&#65;&#x1F600;</a>", XMLElement(name: "a", text: "<&>\"'A😀")),
        ("CDATA", "<a>1<![CDATA[<b>&x;]]>2</a>", XMLElement(name: "a", text: "1<b>&x;2")),
        (
            "attributes", "<a b='1' c:d=\"x&#10;&amp;\ny\"/>",
            XMLElement(name: "a", attributes: [.init(name: "b", value: "1"), .init(name: "c:d", value: "x\n& y")])
        ),
        (
            "children", "<r>1<b>2</b>3<b/><é/></r>",
            XMLElement(
                name: "r", text: "13", children: [XMLElement(name: "b", text: "2"), XMLElement(name: "b"), XMLElement(name: "é")])
        ),
    ]

    @Test(arguments: documents.indices) func `a document is read, and written again`(number: Int) throws {
        let row = Self.documents[number]
        let read = try XMLElement(parsing: row.text)
        #expect(read == row.element, "\(row.name)")
        #expect(try XMLElement(parsing: read.serialized()) == read, "\(row.name)")
    }

    @Test(arguments: [
        "", " ", "x", "<a>", "<a", "</a>", "<a></b>", "<a><b></a></b>", "<a/><b/>", "<a/>x", "<a b/>", "<a b=1/>", "<a b='1/>",
        "<a b='1'c='2'/>", "<a b='1' b='2'/>", "<a b='<'/>", "<1/>", "<a>&nbsp;</a>", "<a>&</a>", "<a>&#0;</a>",
        "<a>&#xD800;</a>",
        "<a>&#+65;</a>", "<a>&#x110000;</a>", "<!DOCTYPE a><a/>", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<a>\u{1}</a>",
        "<a><![CDATA[</a>", "<![CDATA[x]]><a/>", "<!-- <a/>", "<?xml version='1.0' encoding='latin1'?><a/>",
        "<a><!ELEMENT b></a>",
    ])
    func `what is no document is refused`(text: String) {
        #expect(throws: XMLError.self) { try XMLElement(parsing: text) }
    }

    @Test func `a document type says what it is, and bytes that are no text too`() {
        #expect(throws: XMLError.documentType(offset: 1)) { try XMLElement(parsing: " <!DOCTYPE a SYSTEM 'file:///x'><a/>") }
        #expect(throws: XMLError.encoding) { try XMLElement(parsing: [0x3C, 0x61, 0x3E, 0xFF, 0x3C]) }
    }

    @Test func `size, depth, elements and attributes are bounded`() throws {
        var limits = XMLLimits()
        (limits.bytes, limits.depth, limits.elements, limits.attributes) = (200, 3, 5, 2)
        _ = try XMLElement(parsing: "<a><b><c/></b><d/><e f='' g=''/></a>", limits: limits)
        for text in [
            "<a><b><c><d/></c></b></a>", "<a><b/><b/><b/><b/><b/></a>", "<a b='' c='' d=''/>",
            "<a>" + String(repeating: "x", count: 200) + "</a>",
        ] { #expect(throws: XMLError.self) { try XMLElement(parsing: text, limits: limits) } }
        let deep = String(repeating: "<a>", count: 100_000)
        #expect(throws: XMLError.limit("elements inside each other", most: 64)) { try XMLElement(parsing: deep) }
    }

    @Test func `values are found by their path`() throws {
        let root = try XMLElement(parsing: "<r><x>\n one </x><y><x>two</x></y><x>three</x></r>")
        #expect(root["x"]?.value == "one" && root.element("y", "x")?.value == "two" && root.element("y", "z") == nil)
        #expect(root.all("x").map(\.value) == ["one", "three"] && root["y"]?.value == "")
    }

    @Test(arguments: documents.indices) func `a document that is cut or flipped anywhere is read or refused`(number: Int) {
        let bytes = Array(Self.documents[number].text.utf8)
        for length in 0..<bytes.count { _ = try? XMLElement(parsing: Array(bytes[..<length])) }
        var random = SeededGenerator(seed: UInt64(number))
        for _ in 0..<200 {
            var flipped = bytes
            flipped[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
            guard let read = try? XMLElement(parsing: flipped) else { continue }
            #expect((try? XMLElement(parsing: read.serialized())) == read)
        }
    }
}
