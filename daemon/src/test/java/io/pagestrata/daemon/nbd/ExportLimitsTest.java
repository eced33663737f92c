// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** What the clients of one export may hold, and that others do not suffer from it. */
class ExportLimitsTest {
  private static final long NO_LIMIT = NbdExport.Limits.NONE.inFlightBytes();

  private static int go(EmbeddedSession session, String export) {
    return session.ask(NbdProtocol.OPT_GO, TestClient.goData(export));
  }

  @Test
  void oneConnectionTooManyIsRefusedUntilAnotherEnds() {
    try (EmbeddedServer server = new EmbeddedServer(new NbdExport.Limits(2, NO_LIMIT))) {
      EmbeddedSession first = server.attached("disk");
      EmbeddedSession second = server.attached("disk");
      EmbeddedSession third = server.connect();
      assertThat(go(third, "disk")).isEqualTo(NbdProtocol.REP_ERR_POLICY);
      assertThat(third.ask(NbdProtocol.OPT_INFO, TestClient.goData("disk")))
          .as("looking is free")
          .isEqualTo(NbdProtocol.REP_ACK);
      second.close();
      assertThat(go(third, "disk")).isEqualTo(NbdProtocol.REP_ACK);
      assertThat(go(server.connect(), "disk")).isEqualTo(NbdProtocol.REP_ERR_POLICY);
      assertThat(go(server.connect(), "other")).isEqualTo(NbdProtocol.REP_ACK);
      first.request(NbdProtocol.CMD_READ, 1, 0, 512);
      assertThat(first.answered()).hasSize(NbdProtocol.SIMPLE_REPLY_BYTES + 512);
    }
  }

  @Test
  void oldClientsAreRefusedTheOnlyWayTheyUnderstand() {
    try (EmbeddedServer server = new EmbeddedServer(new NbdExport.Limits(1, NO_LIMIT))) {
      byte[] name = "disk".getBytes(StandardCharsets.UTF_8);
      EmbeddedSession first = server.connect();
      first.option(NbdProtocol.OPT_EXPORT_NAME, name);
      assertThat(first.isOpen()).isTrue();
      EmbeddedSession second = server.connect();
      second.option(NbdProtocol.OPT_EXPORT_NAME, name);
      assertThat(second.isOpen()).isFalse();
      first.close();
      EmbeddedSession third = server.connect();
      third.option(NbdProtocol.OPT_EXPORT_NAME, name);
      assertThat(third.isOpen()).isTrue();
    }
  }

  @Test
  void severalConnectionsAreOfferedOnlyWhereSeveralAreTaken() {
    for (int most = 1; most <= 2; most++) {
      try (EmbeddedServer server = new EmbeddedServer(new NbdExport.Limits(most, NO_LIMIT))) {
        EmbeddedSession session = server.connect();
        session.answered();
        session.option(NbdProtocol.OPT_EXPORT_NAME, new byte[0]);
        int flags = ByteBuffer.wrap(session.answered()).getShort(8);
        assertThat((flags & NbdProtocol.EXPORT_MULTI_CONN) != 0).isEqualTo(most > 1);
      }
    }
  }

  /** Nothing is held in memory here: a charge comes before its buffers. */
  @Test
  void oneExportLeavesRoomForTheOthers() {
    int most = NbdProtocol.MOST_PAYLOAD_BYTES;
    try (EmbeddedServer server = new EmbeddedServer(new NbdExport.Limits(100, 2L * most))) {
      EmbeddedSession first = server.attached("disk");
      EmbeddedSession second = server.attached("disk");
      EmbeddedSession elsewhere = server.attached("other");
      first.request(NbdProtocol.CMD_READ, 1, 0, most);
      second.request(NbdProtocol.CMD_READ, 2, 0, most);
      int admitted = server.readers.tasks.size();
      elsewhere.request(NbdProtocol.CMD_READ, 3, 0, most);
      assertThat(server.readers.tasks)
          .as("the second read of the disk waits, that of the other export does not")
          .hasSize(2 * admitted);
      assertThat(server.inFlight.bytes()).isBetween(2L * most, 2L * most + (1 << 20));

      first.close();
      elsewhere.close();
      server.readers.runAll();
      first.runPendingTasks();
      elsewhere.runPendingTasks();
      second.runPendingTasks();
      assertThat(server.readers.tasks).as("its turn").hasSize(admitted);
      assertThat(server.inFlight.bytes()).isBetween((long) most, most + (1L << 20));
    }
  }
}
