// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.daemon.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whole sessions without sockets: every byte, every order of events is the choice of the test. */
class SessionTest {
  private static final int PAGE = 4096;
  private static final int FAR_BYTES = 128 << 10; // more than the event loop serves itself

  private final EmbeddedServer server = new EmbeddedServer();

  @AfterEach
  void close() {
    server.close();
    assertThat(server.inFlight.bytes()).isZero();
  }

  private static long cookie(byte[] replies, int at) {
    ByteBuffer reply = ByteBuffer.wrap(replies, at, NbdProtocol.SIMPLE_REPLY_BYTES);
    assertThat(reply.getInt()).isEqualTo(NbdProtocol.SIMPLE_REPLY_MAGIC);
    assertThat(reply.getInt()).isZero();
    return reply.getLong();
  }

  @Test
  void theGreetingComesFirst() {
    assertThat(server.connect().answered())
        .isEqualTo(
            ByteBuffer.allocate(TestClient.GREETING_BYTES)
                .put("NBDMAGICIHAVEOPT".getBytes(StandardCharsets.US_ASCII))
                .putShort((short) 3)
                .array());
  }

  @Test
  void howTheBytesAreCutDoesNotMatter() {
    byte[] data = new byte[5000];
    Arrays.fill(data, (byte) 7);
    byte[][] answers = new byte[2][];
    for (int way = 0; way < 2; way++) {
      EmbeddedSession session = server.connect();
      for (ByteBuffer sent :
          List.of(
              session.optionBytes(NbdProtocol.OPT_STRUCTURED_REPLY, new byte[0]),
              session.optionBytes(99, new byte[30]),
              session.optionBytes(NbdProtocol.OPT_GO, TestClient.goData("other")),
              TestClient.request(0, NbdProtocol.CMD_WRITE, 1, 100, data.length),
              ByteBuffer.wrap(data),
              TestClient.request(0, NbdProtocol.CMD_READ, 2, 50, 6000),
              TestClient.request(0, NbdProtocol.CMD_TRIM, 3, 0, 8192))) {
        if (way == 0) {
          session.send(sent);
        } else {
          session.sendOneByOne(sent);
        }
        server.changers.runAll();
        session.runPendingTasks();
      }
      answers[way] = session.answered();
    }
    assertThat(answers[1]).isEqualTo(answers[0]).hasSizeGreaterThan(6000);
  }

  @Test
  void repliesComeAsWorkEndsAndWhatIsNearOvertakes() {
    EmbeddedSession session = server.attached("disk");
    session.request(NbdProtocol.CMD_READ, 1, 0, FAR_BYTES);
    session.request(NbdProtocol.CMD_READ, 2, FAR_BYTES, FAR_BYTES);
    session.request(NbdProtocol.CMD_TRIM, 3, 0, 1 << 20);
    session.request(NbdProtocol.CMD_READ, 4, 0, PAGE);
    assertThat(cookie(session.answered(), 0)).isEqualTo(4);
    server.changers.runAll();
    assertThat(cookie(session.answered(), 0)).isEqualTo(3);
    server.readers.run(1);
    assertThat(cookie(session.answered(), 0)).isEqualTo(2);
    server.readers.run(0);
    byte[] last = session.answered();
    assertThat(cookie(last, 0)).isEqualTo(1);
    assertThat(last).hasSize(NbdProtocol.SIMPLE_REPLY_BYTES + FAR_BYTES);
  }

  @Test
  void manyRequestsAreUnderWayAtOnce() {
    EmbeddedSession session = server.attached("disk");
    for (int i = 0; i < 100; i++) {
      session.request(NbdProtocol.CMD_READ, i, (long) i * FAR_BYTES, FAR_BYTES);
    }
    assertThat(server.readers.tasks).hasSize(100);
    for (int i = 99; i >= 0; i--) {
      server.readers.run(i);
      assertThat(cookie(session.answered(), 0)).isEqualTo(i);
    }
  }

  @Test
  void aDisconnectAnswersWhatIsUnderWayAndNothingAfterIt() {
    EmbeddedSession session = server.attached("disk");
    session.request(NbdProtocol.CMD_READ, 1, 0, FAR_BYTES);
    session.request(NbdProtocol.CMD_DISC, 2, 0, 0);
    session.request(NbdProtocol.CMD_READ, 3, 0, PAGE);
    assertThat(session.isOpen()).isTrue();
    server.readers.runAll();
    assertThat(session.answered()).hasSize(NbdProtocol.SIMPLE_REPLY_BYTES + FAR_BYTES);
    assertThat(session.isOpen()).isFalse();
  }

  @Test
  void aClientThatVanishesGivesEverythingBack() {
    EmbeddedSession session = server.attached("disk");
    session.request(NbdProtocol.CMD_READ, 1, 0, FAR_BYTES);
    session.request(NbdProtocol.CMD_WRITE, 2, 0, 1 << 20);
    session.send(ByteBuffer.allocate(300 << 10));
    assertThat(server.inFlight.bytes()).isGreaterThan(FAR_BYTES + (256 << 10));
    session.close();
    server.readers.runAll();
    server.changers.runAll();
    session.runPendingTasks();
    assertThat(server.inFlight.bytes()).isZero();
  }

  @Test
  void aHandshakeThatTakesTooLongIsEnded() {
    EmbeddedSession slow = server.connect();
    EmbeddedSession quick = server.attached("disk");
    slow.send(slow.optionBytes(NbdProtocol.OPT_LIST, new byte[0]).limit(7));
    for (EmbeddedSession session : List.of(slow, quick)) {
      session.pass(EmbeddedServer.HANDSHAKE.minus(Duration.ofSeconds(1)));
      assertThat(session.isOpen()).isTrue();
      session.pass(Duration.ofSeconds(2));
    }
    assertThat(slow.isOpen()).isFalse();
    assertThat(quick.isOpen()).isTrue();
  }

  @Test
  void noiseEndsTheSession() {
    EmbeddedSession options = server.connect();
    options.send(ByteBuffer.allocate(64).putInt(0, 3));
    assertThat(options.isOpen()).isFalse();
    EmbeddedSession flags = server.connect();
    flags.send(ByteBuffer.allocate(4).putInt(0, 4));
    assertThat(flags.isOpen()).isFalse();
    EmbeddedSession requests = server.attached("disk");
    requests.send(ByteBuffer.allocate(NbdProtocol.REQUEST_BYTES));
    assertThat(requests.isOpen()).isFalse();
  }
}
