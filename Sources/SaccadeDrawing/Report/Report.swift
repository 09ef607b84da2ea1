public import SaccadeFiles
public import SaccadeImages
import SaccadePrelude

/// A page to read in a browser: sections of text, tables and figures in one HTML file that needs nothing else.
///
/// Images are part of the file, there are no scripts and no links, and whatever text it is given is shown as text. It
/// follows the reader's choice of dark or light and prints on paper.
public struct Report: Sendable {
    /// One heading and what follows it.
    public struct Section: Sendable {
        /// May be empty: then there is no heading.
        public var title: String
        public var blocks: [Block]

        public init(_ title: String, _ blocks: [Block]) { (self.title, self.blocks) = (title, blocks) }
    }

    /// A piece of a section.
    public enum Block: Sendable {
        case paragraph(String)
        /// Commands and program output: spaces and line breaks as they are.
        case preformatted(String)
        case table(Table)
        /// Drawn as curves and letters, sharp at any size; for charts and schematics.
        case drawing(any Figure, caption: String)
        /// Drawn as pixels; for figures that are mostly images.
        case figure(any Figure, caption: String)
        /// Pixels as they are; small images are shown enlarged, each pixel a square.
        case image(Image, caption: String)
        /// Side by side, as far as the page is wide.
        indirect case row([Block])
    }

    /// Rows of texts under a head.
    public struct Table: Sendable, Hashable {
        /// How a column is set.
        public struct Column: Sendable, Hashable {
            public var name: String
            /// Numbers stand on the right, so that their digits stand below each other.
            public var isNumber: Bool

            public init(_ name: String, isNumber: Bool = false) { (self.name, self.isNumber) = (name, isNumber) }
        }

        public var columns: [Column]
        /// A row that is too short ends in empty cells.
        public var rows: [[String]]

        /// - Precondition: No row has more cells than there are columns.
        public init(columns: [Column], rows: [[String]]) {
            require(rows.allSatisfy { $0.count <= columns.count }, "Report.Table: more cells than columns")
            (self.columns, self.rows) = (columns, rows)
        }
    }

    public var title: String
    /// Below the title; may be empty.
    public var subtitle: String
    public var sections: [Section]
    /// Seconds after which a browser reads the page anew; nil for a page that does not change any more.
    public var refreshSeconds: Int?

    public init(title: String, subtitle: String = "", sections: [Section] = [], refreshSeconds: Int? = nil) {
        (self.title, self.subtitle, self.sections) = (title, subtitle, sections)
        self.refreshSeconds = refreshSeconds
    }

    /// Writes the page, whole or not at all.
    ///
    /// - Throws: ``FileError`` when a figure cannot be drawn or the file cannot be written.
    public func write(to path: String) throws(FileError) { try AtomicFile.write(html(), to: path) }
}
