// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.RedisException;
import java.net.ConnectException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each answer of a server, and each failure of the client, means for the tier. */
class RemoteFailureTest {
  private static final String SERVER = "10.0.0.1:6379";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          OOM command not allowed when used memory > 'maxmemory'.           | FULL
          LOADING Redis is loading the dataset in memory                    | DOWN
          MISCONF Redis is configured to save RDB snapshots                 | DOWN
          READONLY You can't write against a read only replica.             | DOWN
          MOVED 3999 127.0.0.1:6381                                         | DOWN
          ASK 3999 127.0.0.1:6381                                           | DOWN
          TRYAGAIN Multiple keys request during rehashing of slot           | DOWN
          CLUSTERDOWN The cluster is down                                   | DOWN
          MASTERDOWN Link with MASTER is down                               | DOWN
          NOREPLICAS Not enough good replicas to write.                     | DOWN
          WRONGPASS invalid username-password pair or user is disabled.     | CONFIG
          NOAUTH Authentication required.                                   | CONFIG
          NOPERM this user has no permissions to run the 'mset' command     | CONFIG
          """)
  void answersOfServers(String answer, RemoteFailure.Kind kind) {
    RemoteFailure failure = RemoteFailure.of(SERVER, new RedisCommandExecutionException(answer));
    assertThat(failure.kind).isEqualTo(kind);
    assertThat(failure).hasMessageStartingWith(SERVER + ": ");
  }

  @Test
  void whatIsRefusedBeforeItIsSentIsNotThere() {
    for (String message :
        new String[] {
          "Currently not connected. Commands are rejected.",
          "Request queue size exceeded: 4096. Commands are not accepted until the queue size drops.",
          "Internal stack size exceeded: 4096. Commands are not accepted until the stack size drops.",
          "Connection reset by peer"
        }) {
      assertThat(RemoteFailure.of(SERVER, new RedisException(message)).kind)
          .isEqualTo(RemoteFailure.Kind.DOWN);
    }
  }

  @Test
  void whatIsNotAnsweredInTimeIsNotKnown() {
    RemoteFailure failure = RemoteFailure.of(SERVER, new TimeoutException());
    assertThat(failure.kind).isEqualTo(RemoteFailure.Kind.UNKNOWN);
    assertThat(failure).hasMessage(SERVER + " did not answer in time");
    assertThat(RemoteFailure.of(SERVER, new RedisCommandTimeoutException("Command timed out")))
        .hasMessage(SERVER + " did not answer in time");
  }

  @Test
  void theReasonIsThatOfTheLastCause() {
    RemoteFailure tls =
        RemoteFailure.of(
            SERVER,
            new RedisConnectionException("Unable to connect", new SSLHandshakeException("PKIX")));
    assertThat(tls.kind).isEqualTo(RemoteFailure.Kind.CONFIG);
    assertThat(tls).hasMessage(SERVER + ": PKIX");
    RemoteFailure refused =
        RemoteFailure.of(
            SERVER, new ConnectException("finishConnect(..) failed with error(-111): refused."));
    assertThat(refused.kind).isEqualTo(RemoteFailure.Kind.DOWN);
    assertThat(refused).hasMessage(SERVER + ": refused");
  }
}
