// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.pagestrata.daemon.nbd.TestClient.OptionReply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Every option, in right and wrong order, over a real socket. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HandshakeTest {
  @TempDir Path directory;

  static byte[] metaData(String export, String... queries) {
    ByteBuffer data = ByteBuffer.allocate(1 << 16);
    put(data, export);
    data.putInt(queries.length);
    for (String query : queries) {
      put(data, query);
    }
    byte[] bytes = new byte[data.position()];
    data.get(0, bytes);
    return bytes;
  }

  private static void put(ByteBuffer data, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    data.putInt(bytes.length).put(bytes);
  }

  private static int last(List<OptionReply> replies) {
    return replies.get(replies.size() - 1).type();
  }

  @Test
  void whatIsUnknownOrBrokenIsAnsweredAndTheSessionGoesOn() throws IOException {
    try (NbdRig rig = NbdRig.open(directory);
        TestClient client = rig.client()) {
      assertThat(last(client.option(99, new byte[17]))).isEqualTo(NbdProtocol.REP_ERR_UNSUP);
      assertThat(last(client.option(NbdProtocol.OPT_STARTTLS, new byte[0])))
          .isEqualTo(NbdProtocol.REP_ERR_POLICY);
      assertThat(last(client.option(NbdProtocol.OPT_LIST, new byte[1])))
          .isEqualTo(NbdProtocol.REP_ERR_INVALID);
      assertThat(last(client.option(NbdProtocol.OPT_INFO, new byte[5])))
          .isEqualTo(NbdProtocol.REP_ERR_INVALID);
      assertThat(last(client.option(NbdProtocol.OPT_INFO, new byte[1 << 20])))
          .isEqualTo(NbdProtocol.REP_ERR_TOO_BIG);
      assertThat(last(client.go("x".repeat(4096)))).isEqualTo(NbdProtocol.REP_ERR_UNKNOWN);
      assertThat(last(client.go("x".repeat(4097)))).isEqualTo(NbdProtocol.REP_ERR_INVALID);
      assertThat(last(client.go("disk"))).isEqualTo(NbdProtocol.REP_ACK);
      assertThat(client.read(0, 10)).containsOnly(0);
    }
  }

  @Test
  void exportsAreListedAndTheEmptyNameIsTheFirst() throws IOException {
    try (NbdRig rig = NbdRig.open(directory);
        TestClient client = rig.client()) {
      List<OptionReply> listed = client.option(NbdProtocol.OPT_LIST, new byte[0]);
      assertThat(listed).hasSize(3);
      assertThat(new String(listed.get(1).data(), 4, 9, StandardCharsets.UTF_8))
          .isEqualTo("read only");
      List<OptionReply> info = client.go("");
      assertThat(ByteBuffer.wrap(info.get(0).data()).getLong(2)).isEqualTo(NbdRig.DISK_BYTES);
    }
  }

  @Test
  void contextsNeedStructuredRepliesAndCountForTheirExportOnly() throws IOException {
    byte[] wanted = metaData("disk", "other:thing", NbdProtocol.ALLOCATION_CONTEXT);
    try (NbdRig rig = NbdRig.open(directory);
        TestClient client = rig.client();
        TestClient other = rig.client()) {
      assertThat(last(client.option(NbdProtocol.OPT_SET_META_CONTEXT, wanted)))
          .isEqualTo(NbdProtocol.REP_ERR_INVALID);
      for (TestClient it : List.of(client, other)) {
        it.option(NbdProtocol.OPT_STRUCTURED_REPLY, new byte[0]);
        assertThat(it.option(NbdProtocol.OPT_LIST_META_CONTEXT, metaData("disk"))).hasSize(2);
        assertThat(it.option(NbdProtocol.OPT_LIST_META_CONTEXT, metaData("disk", "base:")))
            .hasSize(2);
        assertThat(it.option(NbdProtocol.OPT_SET_META_CONTEXT, wanted)).hasSize(2);
      }
      client.go("disk");
      assertThat(client.call(0, NbdProtocol.CMD_BLOCK_STATUS, 0, 1 << 30).data())
          .isEqualTo(ByteBuffer.allocate(8).putInt(1 << 30).putInt(3).array());
      other.go("read only");
      assertThat(other.call(0, NbdProtocol.CMD_BLOCK_STATUS, 0, 1 << 30).error())
          .isEqualTo(NbdProtocol.EINVAL);
    }
  }

  @Test
  void oldClientsAskByExportName() throws IOException {
    try (NbdRig rig = NbdRig.open(directory);
        TestClient client = rig.client();
        TestClient wrong = rig.client()) {
      client.sendOption(NbdProtocol.OPT_EXPORT_NAME, "disk".getBytes(StandardCharsets.UTF_8));
      assertThat(client.in.readLong()).isEqualTo(NbdRig.DISK_BYTES);
      assertThat(client.in.readUnsignedShort() & NbdProtocol.EXPORT_DF).isZero();
      assertThat(client.write(1000, new byte[] {1, 2, 3})).isZero();
      assertThat(client.read(999, 5)).containsExactly(0, 1, 2, 3, 0);
      wrong.sendOption(NbdProtocol.OPT_EXPORT_NAME, new byte[] {'?'});
      assertThat(wrong.isEnded()).isTrue();
    }
  }

  @Test
  void abortIsAnsweredAndEndsTheConnection() throws IOException {
    try (NbdRig rig = NbdRig.open(directory);
        TestClient client = rig.client()) {
      assertThat(last(client.option(NbdProtocol.OPT_ABORT, new byte[0])))
          .isEqualTo(NbdProtocol.REP_ACK);
      assertThat(client.isEnded()).isTrue();
    }
  }

  @Test
  void halfOpenHandshakesEndByThemselves() throws IOException {
    NbdLimits limits = NbdRig.limits(10, Duration.ofMillis(300));
    try (NbdRig rig = NbdRig.open(directory, limits);
        TestClient silent = rig.client()) {
      assertThat(silent.isEnded()).isTrue();
    }
  }

  @Test
  void whoComesWhenAllConnectionsAreTakenIsSentAway() throws IOException {
    NbdLimits limits = NbdRig.limits(1, Duration.ofSeconds(30));
    try (NbdRig rig = NbdRig.open(directory, limits);
        TestClient only = rig.disk(false)) {
      assertThatThrownBy(rig::client).isInstanceOf(IOException.class);
      assertThat(only.read(0, 1)).containsExactly(0);
    }
  }
}
