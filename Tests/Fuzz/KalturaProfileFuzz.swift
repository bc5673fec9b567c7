import Formats
import KalturaCore

/// Nothing traps; what is taken has outputs with names of their own that are one path part, and groups of them.
func fuzzKalturaProfile(_ bytes: UnsafeRawBufferPointer) {
    guard let profile = try? TranscodingProfile(xml: Array(bytes), source: "0_ab12cd34_1") else { return }
    let renditions = profile.ladder.renditions
    precondition(!renditions.isEmpty && renditions.count <= TranscodingProfile.mostRenditions, "outputs")
    precondition(Set(renditions.map(\.name)).count == renditions.count, "two outputs of one name")
    for rendition in renditions {
        precondition(!rendition.streamName.isEmpty && !rendition.streamName.contains("/"), "a name that is none")
        if let size = rendition.video.settings?.size { precondition(size.pixels(width: 1921, height: 1079).width > 0, "a size") }
    }
    guard let fitted = profile.ladder.fittedText(), let read = try? Ladder(text: fitted.text) else {
        preconditionFailure("a ladder that cannot be written and read")
    }
    precondition(fitted.leftOut > 0 || read == profile.ladder, "a ladder that is read as another")
    for group in profile.ladder.groups {
        precondition(group.members.allSatisfy { member in renditions.contains { $0.name == member } }, "a member that is none")
    }
}
