// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.CorruptPageException;
import io.pagestrata.core.PageVisitor.Place;
import io.pagestrata.core.Pool;
import io.pagestrata.core.PoolKind;
import io.pagestrata.core.PutOutcome;
import io.pagestrata.core.movement.WritebackRequest;
import io.pagestrata.core.tier.ZpageHeader;
import io.pagestrata.integration.support.PageBuffers;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SmallStore;
import io.pagestrata.writeback.promotion.Promotion;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A bit flips in one zpage, in RAM or on disk. Gets of that page fail with an exception that names
 * it; every other page is read as before; the store goes on, and the page can be removed and put
 * again.
 */
class H29_damagedPageStopsOthers {
  private static final int PAGES = 200;
  private static final int VICTIM = 77;

  @TempDir private Path directory;
  private final RealPages pages = RealPages.of(SmallStore.PAGE_BYTES);
  private SmallStore small;
  private Pool pool;

  @BeforeEach
  void open() {
    small = SmallStore.options().promotion(Promotion.NEVER).inTheClear().open(directory);
    pool = small.store().createPool("swap", PoolKind.PERSISTENT);
    for (int i = 0; i < PAGES; i++) {
      assertThat(put(i)).isEqualTo(PutOutcome.STORED);
    }
  }

  @AfterEach
  void close() {
    small.close();
  }

  // Checksum, stored length, codec, generation, object, pool, first and later payload.
  @ParameterizedTest
  @ValueSource(ints = {0, 4, 6, 8, 16, 28, 32, 200})
  void inRam(int at) throws IOException {
    ByteBuffer[] memory = new ByteBuffer[1];
    int[] start = new int[1];
    small
        .hierarchy()
        .tier(0)
        .read(
            victimPlace().locator(),
            null,
            (bytes, offset, available) -> {
              memory[0] = bytes;
              start[0] = offset;
              return 0;
            });
    memory[0].put(start[0] + at, (byte) (memory[0].get(start[0] + at) ^ 0x04));
    assertOnlyTheVictimIsLost();
    memory[0].put(start[0] + at, (byte) (memory[0].get(start[0] + at) ^ 0x04));
    assertThat(get(VICTIM)).as("the page after the bit flipped back").isEqualTo(pages.page(VICTIM));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 4, 6, 8, 16, 28, 32, 200})
  void onDisk(int at) throws IOException, InterruptedException {
    small.store().writeBack(WritebackRequest.everything());
    byte[] header = new byte[ZpageHeader.BYTES];
    ByteBuffer scratch = scratch();
    small
        .hierarchy()
        .tier(1)
        .read(
            victimPlace().locator(),
            scratch,
            (bytes, offset, available) -> {
              bytes.get(offset, header);
              return 0;
            });
    flipOnDisk(header, at);
    assertOnlyTheVictimIsLost();
    assertThat(small.store().flush(pool, 0, VICTIM)).isTrue();
    assertThat(get(VICTIM)).isNull();
    assertThat(put(VICTIM)).isEqualTo(PutOutcome.STORED);
    assertThat(get(VICTIM)).isEqualTo(pages.page(VICTIM));
    assertThat(small.check()).isEqualTo(PAGES);
  }

  // A volatile store writes the damaged zpage back as it is: its checksum was made at the put and
  // tells below, and nothing there is read at a start. A durable one does not: H29_durableDamage.
  @Test
  void damageInRamIsFoundAfterWriteback() throws IOException, InterruptedException {
    small
        .hierarchy()
        .tier(0)
        .read(
            victimPlace().locator(),
            null,
            (bytes, offset, available) -> {
              int at = offset + ZpageHeader.BYTES + 9;
              bytes.put(at, (byte) (bytes.get(at) ^ 1));
              return 0;
            });
    small.store().writeBack(WritebackRequest.everything());
    assertThat(victimPlace().tier()).isEqualTo(1);
    assertOnlyTheVictimIsLost();
  }

  private void assertOnlyTheVictimIsLost() {
    assertThatThrownBy(() -> get(VICTIM))
        .isInstanceOf(CorruptPageException.class)
        .hasMessageContaining("page " + VICTIM + " ")
        .hasMessageContaining("object 0");
    byte[] target = new byte[SmallStore.PAGE_BYTES];
    assertThatThrownBy(() -> small.store().take(pool, 0, VICTIM, target, 0))
        .as("a take that fails leaves the page, so that it is not taken for absent")
        .isInstanceOf(CorruptPageException.class);
    assertThat(small.store().stats().corruptPages()).isEqualTo(2);
    for (int i = 0; i < PAGES; i++) {
      if (i != VICTIM) {
        assertThat(get(i)).as("page %d", i).isEqualTo(pages.page(i));
      }
    }
  }

  private void flipOnDisk(byte[] header, int at) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(directory)) {
      files = all.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      byte[] bytes = Files.readAllBytes(file);
      int start = indexOf(bytes, header);
      if (start >= 0) {
        try (var channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
          channel.position(start + at);
          channel.write(ByteBuffer.wrap(new byte[] {(byte) (bytes[start + at] ^ 0x04)}));
        }
        return;
      }
    }
    throw new AssertionError("the zpage is in no segment file");
  }

  private static int indexOf(byte[] bytes, byte[] part) {
    for (int i = 0; i + part.length <= bytes.length; i++) {
      if (ByteBuffer.wrap(bytes, i, part.length).equals(ByteBuffer.wrap(part))) {
        return i;
      }
    }
    return -1;
  }

  private Place victimPlace() {
    AtomicReference<Place> found = new AtomicReference<>();
    small
        .store()
        .inspect(
            (owner, object, index, place) -> {
              if (index == VICTIM) {
                found.set(place);
              }
            });
    return found.get();
  }

  private ByteBuffer scratch() {
    int bytes = small.hierarchy().tier(1).scratchBytes();
    return ByteBuffer.allocateDirect(bytes + 4096).alignedSlice(4096);
  }

  private PutOutcome put(int index) {
    return small.store().put(pool, 0, index, pages.page(index), 0);
  }

  private byte[] get(int index) {
    return PageBuffers.ARRAY.get(small.store(), pool, 0, index, SmallStore.PAGE_BYTES);
  }
}
