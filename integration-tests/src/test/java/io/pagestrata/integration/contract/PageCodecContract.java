// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.integration.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.core.codec.CodecException;
import io.pagestrata.core.codec.PageCodec;
import io.pagestrata.integration.support.RealPages;
import io.pagestrata.integration.support.SeededRandom;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every {@link PageCodec} must do. */
@ExtendWith(SeededRandom.class)
abstract class PageCodecContract {
  /** The pool of every page. */
  static final int POOL = 3;

  private static final int GUARD = 64;
  private static final byte CANARY = (byte) 0xA5;

  private final PageCodec codec = codec();
  private CodecContext context;

  /** The codec under test. */
  protected abstract PageCodec codec();

  @BeforeEach
  void open() {
    context = codec.newContext();
    assertThat(context.codecFor(POOL)).isEqualTo(codec.id());
  }

  @AfterEach
  void close() {
    context.close();
  }

  @Test
  void idFitsTheHeaderAndTheNameIsASettingsWord() {
    assertThat(codec.id()).isBetween(0, 255);
    assertThat(codec.name()).matches("[a-z0-9+-]+");
  }

  @ParameterizedTest
  @ValueSource(ints = {4096, 8192, 16384, 65536})
  void everyPageComesBackAsItWas(int pageBytes, Random random) throws CodecException {
    RealPages pages = RealPages.of(pageBytes);
    for (int i = 0; i < 300; i++) {
      byte[] page = pages.mixed(random);
      ByteBuffer payload = direct(GUARD + 2 * pageBytes + GUARD);
      int stored = compress(page, payload, GUARD, 2 * pageBytes);
      assertThat(stored).isPositive();
      assertThat(decompress(payload, GUARD, stored, pageBytes)).isEqualTo(page);
    }
  }

  // A payload that needs one byte more than there is room for must be refused, and must not have
  // touched what lies behind the room.
  @Test
  void roomIsABoundThatHolds(Random random) {
    for (int i = 0; i < 100; i++) {
      byte[] page = RealPages.of(4096).any(random);
      ByteBuffer payload = direct(GUARD + 8192 + GUARD);
      int needed = compress(page, payload, GUARD, 8192);

      ByteBuffer tight = direct(GUARD + 8192 + GUARD);
      assertThat(compress(page, tight, GUARD, needed - 1)).isLessThan(needed);
      assertCanaries(tight, GUARD, needed - 1);
    }
  }

  // Hazard H12: the source changes under the compressor. Any payload is right, a larger one is not.
  @Test
  void aPageThatChangesMeanwhileStaysInsideItsRoom(Random random) throws InterruptedException {
    ByteBuffer source = direct(4096);
    source.put(0, RealPages.of(4096).any(random));
    Thread meddler =
        new Thread(
            () -> {
              Random changes = new Random(1);
              while (!Thread.currentThread().isInterrupted()) {
                source.putLong(changes.nextInt(4096 / 8) * 8, changes.nextLong());
              }
            });
    meddler.start();
    try {
      for (int i = 0; i < 2000; i++) {
        int room = 1 + random.nextInt(4096);
        ByteBuffer target = direct(GUARD + room + GUARD);
        int stored = context.compress(source, 0, 4096, target, GUARD, room);
        assertThat(stored).isLessThanOrEqualTo(room);
        assertCanaries(target, GUARD, room);
      }
    } finally {
      meddler.interrupt();
      meddler.join();
    }
  }

  @Test
  void positionAndLimitAreLeftAlone(Random random) throws CodecException {
    ByteBuffer source = direct(8192);
    source.put(1024, RealPages.of(4096).any(random));
    ByteBuffer payload = direct(16384);
    source.limit(7000).position(17);
    payload.limit(16000).position(19);
    int stored = context.compress(source, 1024, 4096, payload, 100, 8192);
    ByteBuffer target = direct(8192);
    target.limit(8000).position(23);
    context.decompress(payload, 100, stored, target, 500, 4096);

    assertThat(new int[] {source.position(), source.limit()}).containsExactly(17, 7000);
    assertThat(new int[] {payload.position(), payload.limit()}).containsExactly(19, 16000);
    assertThat(new int[] {target.position(), target.limit()}).containsExactly(23, 8000);
    assertThat(target.slice(500, 4096)).isEqualTo(source.duplicate().clear().slice(1024, 4096));
  }

  // Damage may decode to something else (the checksum of the zpage finds that) or be refused; it
  // must never read or write outside the ranges given, and never bring the process down.
  @Test
  void damagedPayloadsStayInsideTheirRanges(Random random) {
    for (int i = 0; i < 500; i++) {
      byte[] page = RealPages.of(4096).any(random);
      ByteBuffer payload = direct(8192);
      int stored = compress(page, payload, 0, 8192);
      for (int flips = 1 + random.nextInt(8); flips > 0; flips--) {
        int at = random.nextInt(stored);
        payload.put(at, (byte) (payload.get(at) ^ 1 << random.nextInt(8)));
      }
      ByteBuffer target = direct(GUARD + 4096 + GUARD);
      try {
        context.decompress(payload, 0, stored, target, GUARD, 4096);
      } catch (CodecException expectedForSome) {
        assertThat(expectedForSome).hasMessageNotContaining("null");
      }
      assertCanaries(target, GUARD, 4096);
    }
  }

  @Test
  void aPayloadOfAnotherLengthIsRefused(Random random) {
    byte[] page = RealPages.of(4096).any(random);
    ByteBuffer payload = direct(8192);
    int stored = compress(page, payload, 0, 8192);
    ByteBuffer target = direct(16384);

    assertThatThrownBy(() -> context.decompress(payload, 0, stored, target, 0, 8192))
        .isInstanceOf(CodecException.class);
    assertThatThrownBy(() -> context.decompress(payload, 0, stored, target, 0, 2048))
        .isInstanceOf(CodecException.class);
    assertThatThrownBy(() -> context.decompress(payload, 0, stored / 2, target, 0, 4096))
        .isInstanceOf(CodecException.class);
  }

  // Whoever damaged a payload before must not spoil the next page of the same context.
  @Test
  void aContextSurvivesARefusal(Random random) throws CodecException {
    byte[] page = RealPages.of(4096).any(random);
    ByteBuffer payload = direct(8192);
    int stored = compress(page, payload, 0, 8192);
    ByteBuffer target = direct(16384);
    assertThatThrownBy(() -> context.decompress(payload, 0, stored, target, 0, 8192))
        .isInstanceOf(CodecException.class);

    assertThat(decompress(payload, 0, stored, 4096)).isEqualTo(page);
    assertThat(compress(page, payload, 0, 8192)).isEqualTo(stored);
  }

  @Test
  void contextsOfTwoThreadsDoNotShareState(Random random) throws Exception {
    byte[][] pages = new byte[64][];
    Arrays.setAll(pages, i -> RealPages.of(4096).any(random));
    Throwable[] failure = new Throwable[1];
    Thread other =
        new Thread(
            () -> {
              try (CodecContext own = codec.newContext()) {
                own.codecFor(POOL);
                roundTrips(own, pages);
              } catch (Throwable t) {
                failure[0] = t;
              }
            });
    other.start();
    roundTrips(context, pages);
    other.join();
    assertThat(failure[0]).isNull();
  }

  private static void roundTrips(CodecContext context, byte[][] pages) throws CodecException {
    ByteBuffer source = direct(4096);
    ByteBuffer payload = direct(8192);
    ByteBuffer target = direct(4096);
    for (int i = 0; i < 2000; i++) {
      byte[] page = pages[i % pages.length];
      source.put(0, page);
      int stored = context.compress(source, 0, 4096, payload, 0, 8192);
      context.decompress(payload, 0, stored, target, 0, 4096);
      assertThat(target.equals(source)).isTrue();
    }
  }

  private int compress(byte[] page, ByteBuffer target, int offset, int capacity) {
    ByteBuffer source = direct(page.length);
    source.put(0, page);
    return context.compress(source, 0, page.length, target, offset, capacity);
  }

  private byte[] decompress(ByteBuffer payload, int offset, int stored, int pageBytes)
      throws CodecException {
    ByteBuffer target = direct(GUARD + pageBytes + GUARD);
    context.decompress(payload, offset, stored, target, GUARD, pageBytes);
    assertCanaries(target, GUARD, pageBytes);
    byte[] page = new byte[pageBytes];
    target.get(GUARD, page);
    return page;
  }

  private static ByteBuffer direct(int bytes) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
    for (int i = 0; i < bytes; i++) {
      buffer.put(i, CANARY);
    }
    return buffer;
  }

  private static void assertCanaries(ByteBuffer buffer, int offset, int bytes) {
    for (int i = 0; i < buffer.capacity(); i++) {
      if ((i < offset || i >= offset + bytes) && buffer.get(i) != CANARY) {
        throw new AssertionError(
            "byte " + i + " outside [" + offset + ", " + (offset + bytes) + ")");
      }
    }
  }
}
