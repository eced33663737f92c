// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisCommandExecutionException;
import io.pagestrata.core.tier.MemoryBudget;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What a server holds is checked when it is another incarnation than the one that took it. A server
 * is kept out for a while when it comes and goes, so that it may be so at the very time when the
 * check is due. Forbidden: a group that is never checked for that.
 */
class SuspectsTest {
  private static final long BUDGET_BYTES = 64 << 20;

  private final Groups groups = new Groups(new MemoryBudget(BUDGET_BYTES));
  private final Servers servers = new Servers(() -> 0);
  private final Node node = servers.node("a:1");
  private final FakeServer server = new FakeServer();
  private final Unlinker unlinker =
      new Unlinker(groups, servers, new Keys("test"), new Space(BUDGET_BYTES));
  private final Suspects suspects = new Suspects(groups, servers, unlinker, new Counters(), 0);

  @BeforeEach
  void connect() throws RemoteFailure {
    server.connect(node);
    node.incarnation = new Incarnation("first");
    servers.beSingle(node);
  }

  @AfterEach
  void giveBack() {
    groups.close();
  }

  private Group open() {
    Group group = groups.open(groups.nextNumber(), node.incarnation, node.line());
    group.makeAlive(Group.bits(0, 3));
    group.seal();
    return group;
  }

  private void restart() {
    node.incarnation = new Incarnation("second");
    suspects.begin();
  }

  private void runPass() {
    while (suspects.step(0)) {
      // A bounded number of groups at a step.
    }
  }

  @Test
  void groupsOfAnEarlierIncarnationAreCheckedOnce() {
    Group group = open();
    suspects.begin();
    runPass();
    assertThat(server.checks).as("the one that took it").isZero();
    restart();
    runPass();
    assertThat(server.checks).isEqualTo(1);
    assertThat(group.incarnation).isSameAs(node.incarnation);
    runPass();
    assertThat(server.checks).isEqualTo(1);
  }

  // Its answer to a probe tells that it restarted, but it is not used before it was calm for a
  // while.
  @Test
  void aServerThatIsKeptOutWhenItsCheckIsDueIsCheckedLater() {
    Group group = open();
    node.breaker.failed(RemoteFailure.Kind.DOWN);
    restart();
    runPass();
    runPass();
    assertThat(server.checks).isZero();
    node.breaker.close();
    runPass();
    assertThat(server.checks).isEqualTo(1);
    assertThat(group.incarnation).isSameAs(node.incarnation);
  }

  @Test
  void aCheckThatFailsIsMadeAgainWhenTheServerIsUsedAgain() {
    Group group = open();
    server.failure = new RedisCommandExecutionException("LOADING the dataset in memory");
    restart();
    runPass();
    assertThat(server.checks).isEqualTo(1);
    server.failure = null;
    runPass();
    assertThat(server.checks).as("its breaker is open").isEqualTo(1);
    node.breaker.close();
    runPass();
    assertThat(server.checks).isEqualTo(2);
    assertThat(group.incarnation).isSameAs(node.incarnation);
  }

  // Forbidden: a step that walks over all groups, and walks that go on while nobody answers.
  @Test
  void whileAServerIsAwayStepsCostNothing() {
    for (int i = 0; i < 2 * Suspects.LOOKS_PER_STEP; i++) {
      open();
    }
    node.breaker.failed(RemoteFailure.Kind.DOWN);
    restart();
    assertThat(suspects.step(0)).as("it looks at some").isTrue();
    runPass();
    for (int i = 0; i < 10; i++) {
      assertThat(suspects.step(0)).as("it looks at more").isFalse();
    }
    node.breaker.close();
    runPass();
    assertThat(server.checks).isEqualTo(2 * Suspects.LOOKS_PER_STEP);
  }
}
