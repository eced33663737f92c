// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The bytes on the wire, as the protocol document has them. */
class ReplyEncoderTest {
  private static final Request READ = new Request(0, NbdProtocol.CMD_READ, 0x0102, 0x30, 0x40);
  private final ReplyEncoder simple = new ReplyEncoder(false);
  private final ReplyEncoder structured = new ReplyEncoder(true);

  private static String hex(Consumer<ByteBuf> writer) {
    ByteBuf out = Unpooled.buffer();
    writer.accept(out);
    return ByteBufUtil.hexDump(out);
  }

  @Test
  void simpleReplies() {
    assertThat(hex(out -> simple.data(out, READ))).isEqualTo("67446698" + "00000000" + cookie());
    assertThat(hex(out -> simple.status(out, READ, NbdProtocol.EIO)))
        .isEqualTo("67446698" + "00000005" + cookie());
  }

  @Test
  void structuredReplies() {
    assertThat(hex(out -> structured.data(out, READ)))
        .isEqualTo("668e33ef" + "0001" + "0001" + cookie() + "00000048" + "0000000000000030");
    assertThat(hex(out -> structured.status(out, READ, NbdProtocol.OK)))
        .isEqualTo("668e33ef" + "0001" + "0000" + cookie() + "00000000");
    assertThat(hex(out -> structured.status(out, READ, NbdProtocol.ENOSPC)))
        .isEqualTo("668e33ef" + "0001" + "8001" + cookie() + "00000006" + "0000001c" + "0000");
  }

  @Test
  void extentsComeWithTheirContext() {
    BlockStatus status = new BlockStatus(false);
    status.add(0xffff_ffffL, NbdProtocol.STATE_HOLE_AND_ZERO);
    status.add(0x1000, NbdProtocol.STATE_DATA);
    assertThat(hex(out -> structured.blockStatus(out, READ, status)))
        .isEqualTo(
            "668e33ef"
                + "0001"
                + "0005"
                + cookie()
                + "00000014"
                + "00000001"
                + "ffffffff00000003"
                + "0000100000000000");
  }

  @Test
  void buffersAreLargeEnough() {
    for (ReplyEncoder encoder : new ReplyEncoder[] {simple, structured}) {
      assertThat(hex(out -> encoder.data(out, READ))).hasSize(2 * encoder.dataPrefixBytes());
      assertThat(hex(out -> encoder.status(out, READ, 1)).length() / 2)
          .isLessThanOrEqualTo(encoder.statusBytes());
    }
  }

  private static String cookie() {
    return "0000000000000102";
  }
}
