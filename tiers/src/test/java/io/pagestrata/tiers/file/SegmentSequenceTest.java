// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.file;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sequences of segments name one segment for all time. */
class SegmentSequenceTest {
  @TempDir Path directory;

  @Test
  void oneThatTheManifestListsIsNotGivenAgainAlthoughItsFileIsGone() throws IOException {
    FileTierSettings settings = FileTierModelTest.settings(directory, 10, false);
    Segments segments =
        new Segments(
            settings,
            new SegmentKeys(FileEncryption.none(), settings.pageBytes()),
            new MemoryFiles(),
            new FileCounters(),
            new FileLocators(settings.recordAlignment(), settings.segmentBytes()),
            settings.segmentBytes());
    TreeMap<Long, ListedSegment> listed = new TreeMap<>();
    listed.put(7L, ListedSegment.UNKNOWN);
    Manifest manifest = Manifest.ofNewStore(settings.pageBytes()).clean(1, listed);
    ByteBuffer file = manifest.encode();
    segments.goOnBehind(Manifest.decode(file, ManifestFiles.name(manifest)).lastSequence());
    assertThat(segments.names()).isEmpty();
    assertThat(segments.lastSequence()).isEqualTo(7);
  }
}
