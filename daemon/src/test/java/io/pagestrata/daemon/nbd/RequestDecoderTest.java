// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.CorruptedFrameException;
import org.junit.jupiter.api.Test;

/** Headers come out whole wherever the stream was cut. */
class RequestDecoderTest {
  private static final Request FIRST = new Request(1, 2, -3, 4, 0xffff_ffffL);
  private static final Request SECOND = new Request(0xffff, 0xffff, 5, -1, 0);

  private static ByteBuf stream() {
    ByteBuf out = Unpooled.buffer();
    for (Request it : new Request[] {FIRST, SECOND}) {
      out.writeBytes(
          TestClient.request(it.flags(), it.type(), it.cookie(), it.offset(), it.length()));
    }
    return out;
  }

  @Test
  void twoHeadersCutAnywhereAreTheSameTwoHeaders() {
    ByteBuf whole = stream();
    for (int cut = 0; cut <= whole.readableBytes(); cut++) {
      RequestDecoder decoder = new RequestDecoder();
      ByteBuf head = whole.slice(0, cut);
      ByteBuf tail = whole.slice(cut, whole.readableBytes() - cut);
      Request first = decoder.next(head);
      Request second = first == null ? null : decoder.next(head);
      assertThat(first == null ? decoder.next(tail) : first).isEqualTo(FIRST);
      assertThat(second == null ? decoder.next(tail) : second).isEqualTo(SECOND);
      assertThat(decoder.next(tail)).isNull();
    }
  }

  @Test
  void anythingElseIsRefused() {
    ByteBuf wrong = stream().setInt(0, NbdProtocol.SIMPLE_REPLY_MAGIC);
    assertThatThrownBy(() -> new RequestDecoder().next(wrong))
        .isInstanceOf(CorruptedFrameException.class)
        .hasMessageContaining("67446698");
  }
}
