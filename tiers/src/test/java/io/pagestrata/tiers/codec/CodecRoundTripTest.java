// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.core.codec.CodecContext;
import io.pagestrata.core.codec.CodecException;
import io.pagestrata.core.codec.PageCodec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import net.jpountz.lz4.LZ4Factory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every codec gives back what it was given, and damage never makes it leave its bounds. */
class CodecRoundTripTest {
  private static final int PAGE_BYTES = 4096;
  private static final int WORST_CASE_BYTES = PAGE_BYTES + 256;
  private static final int MARGIN = 64;
  private static final byte CANARY = 0x5a;
  private static final byte[] CANARIES = new byte[MARGIN];

  static {
    Arrays.fill(CANARIES, CANARY);
  }

  static Stream<PageCodec> codecs() {
    return Stream.of(
        Codecs.parse("none"),
        Codecs.parse("lz4"),
        new Lz4Codec(LZ4Factory.safeInstance()),
        Codecs.parse("zstd--7"),
        Codecs.parse("zstd--1"),
        Codecs.parse("zstd-3"),
        Codecs.parse("zstd-19"));
  }

  /** Real bytes: class files of the running JDK. */
  private static ByteBuffer realPages() throws IOException {
    ByteBuffer pages = ByteBuffer.allocateDirect(64 * PAGE_BYTES);
    String[] names = {
      "String.class", "Thread.class", "Class.class", "Math.class", "Character.class"
    };
    for (int i = 0; pages.hasRemaining(); i++) {
      try (InputStream in = Object.class.getResourceAsStream(names[i % names.length])) {
        byte[] bytes = in.readAllBytes();
        pages.put(bytes, 0, Math.min(bytes.length, pages.remaining()));
      }
    }
    return pages.clear();
  }

  private static ByteBuffer guarded(int bytes) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(bytes + 2 * MARGIN);
    for (int i = 0; i < buffer.capacity(); i++) {
      buffer.put(i, CANARY);
    }
    return buffer;
  }

  private static void assertMarginsUntouched(ByteBuffer buffer, int bytes) {
    ByteBuffer canaries = ByteBuffer.wrap(CANARIES);
    assertThat(buffer.slice(0, MARGIN)).isEqualTo(canaries);
    assertThat(buffer.slice(MARGIN + bytes, MARGIN)).isEqualTo(canaries);
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void givesRealPagesBack(PageCodec codec) throws Exception {
    ByteBuffer pages = realPages();
    ByteBuffer payload = guarded(WORST_CASE_BYTES);
    ByteBuffer page = guarded(PAGE_BYTES);
    long payloadBytes = 0;
    try (CodecContext context = codec.newContext()) {
      for (int offset = 0; offset < pages.capacity(); offset += PAGE_BYTES) {
        int bytes = context.compress(pages, offset, PAGE_BYTES, payload, MARGIN, WORST_CASE_BYTES);
        context.decompress(payload, MARGIN, bytes, page, MARGIN, PAGE_BYTES);
        assertThat(page.slice(MARGIN, PAGE_BYTES)).isEqualTo(pages.slice(offset, PAGE_BYTES));
        payloadBytes += bytes;
      }
    }
    assertMarginsUntouched(page, PAGE_BYTES);
    assertMarginsUntouched(payload, WORST_CASE_BYTES);
    if (codec.id() != PageCodec.NONE_ID) {
      assertThat(payloadBytes).isLessThan(pages.capacity());
    }
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void saysWhenAPayloadDoesNotFit(PageCodec codec) throws Exception {
    byte[] noise = new byte[PAGE_BYTES];
    new Random(1).nextBytes(noise);
    ByteBuffer source = ByteBuffer.allocateDirect(PAGE_BYTES).put(noise).clear();
    ByteBuffer payload = guarded(PAGE_BYTES - 1);
    try (CodecContext context = codec.newContext()) {
      assertThat(context.compress(source, 0, PAGE_BYTES, payload, MARGIN, PAGE_BYTES - 1))
          .isEqualTo(CodecContext.DOES_NOT_FIT);
      assertMarginsUntouched(payload, PAGE_BYTES - 1);

      ByteBuffer roomy = guarded(WORST_CASE_BYTES);
      int bytes = context.compress(source, 0, PAGE_BYTES, roomy, MARGIN, WORST_CASE_BYTES);
      ByteBuffer page = guarded(PAGE_BYTES);
      context.decompress(roomy, MARGIN, bytes, page, MARGIN, PAGE_BYTES);
      assertThat(page.slice(MARGIN, PAGE_BYTES)).isEqualTo(source);
    }
  }

  /** A capacity below the library's worst case is enough when the payload fits. */
  @ParameterizedTest
  @MethodSource("codecs")
  void usesASmallCapacity(PageCodec codec) throws Exception {
    ByteBuffer pages = realPages();
    ByteBuffer payload = guarded(PAGE_BYTES);
    ByteBuffer page = guarded(PAGE_BYTES);
    try (CodecContext context = codec.newContext()) {
      int bytes = context.compress(pages, 0, PAGE_BYTES, payload, MARGIN, PAGE_BYTES);
      assertThat(bytes).isBetween(1, PAGE_BYTES);
      context.decompress(payload, MARGIN, bytes, page, MARGIN, PAGE_BYTES);
      assertThat(page.slice(MARGIN, PAGE_BYTES)).isEqualTo(pages.slice(0, PAGE_BYTES));
      assertMarginsUntouched(payload, PAGE_BYTES);
    }
  }

  @ParameterizedTest
  @MethodSource("codecs")
  void refusesAPayloadOfAnotherLength(PageCodec codec) throws Exception {
    ByteBuffer pages = realPages();
    ByteBuffer payload = guarded(WORST_CASE_BYTES);
    ByteBuffer page = guarded(2 * PAGE_BYTES);
    try (CodecContext context = codec.newContext()) {
      int bytes = context.compress(pages, 0, PAGE_BYTES, payload, MARGIN, WORST_CASE_BYTES);
      assertThatThrownBy(
              () -> context.decompress(payload, MARGIN, bytes, page, MARGIN, 2 * PAGE_BYTES))
          .isInstanceOf(CodecException.class)
          .hasMessageContaining(codec.name().split("-")[0]);
    }
  }

  /** Noise and flipped bits decode to some page or to an exception, never to a byte outside. */
  @ParameterizedTest
  @MethodSource("codecs")
  void staysInBoundsWhateverThePayloadHolds(PageCodec codec) throws Exception {
    Random random = new Random(7);
    ByteBuffer pages = realPages();
    ByteBuffer payload = guarded(WORST_CASE_BYTES);
    ByteBuffer page = guarded(PAGE_BYTES);
    int refused = 0;
    try (CodecContext context = codec.newContext()) {
      for (int round = 0; round < 3000; round++) {
        int bytes = random.nextInt(WORST_CASE_BYTES);
        if (round % 3 == 0) {
          for (int i = 0; i < bytes; i++) {
            payload.put(MARGIN + i, (byte) random.nextInt());
          }
        } else {
          int offset = random.nextInt(pages.capacity() / PAGE_BYTES) * PAGE_BYTES;
          bytes = context.compress(pages, offset, PAGE_BYTES, payload, MARGIN, WORST_CASE_BYTES);
          int at = MARGIN + random.nextInt(bytes);
          payload.put(at, (byte) (payload.get(at) ^ 1 << random.nextInt(8)));
          bytes -= round % 3 == 1 ? 0 : random.nextInt(bytes);
        }
        try {
          context.decompress(payload, MARGIN, bytes, page, MARGIN, PAGE_BYTES);
        } catch (CodecException expected) {
          refused++;
        }
        assertMarginsUntouched(page, PAGE_BYTES);
      }
    }
    assertThat(refused).isPositive();
  }
}
