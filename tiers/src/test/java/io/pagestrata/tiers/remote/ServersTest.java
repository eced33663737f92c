// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import static org.assertj.core.api.Assertions.assertThat;

import io.pagestrata.core.tier.MemoryBudget;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ServersTest {
  private final AtomicLong now = new AtomicLong();
  private final Servers servers = new Servers(now::get);

  private static SlotMap halves(int second) {
    int[] owners = new int[Keys.hashSlots()];
    Arrays.fill(owners, owners.length / 2, owners.length, second);
    return new SlotMap(List.of("a:1", "b:1"), owners);
  }

  @Test
  void aSingleServerServesEverySlot() {
    assertThat(servers.of(5)).isNull();
    Node node = servers.node("a:1");
    servers.beSingle(node);
    assertThat(servers.of(0)).isSameAs(node);
    assertThat(servers.of(Keys.hashSlots() - 1)).isSameAs(node);
    assertThat(servers.masters()).containsExactly(node);
  }

  @Test
  void aMapChangesWhenASlotHasAnotherServer() {
    assertThat(servers.beCluster(halves(1))).isTrue();
    assertThat(servers.beCluster(halves(1))).isFalse();
    assertThat(servers.of(0)).isSameAs(servers.node("a:1"));
    assertThat(servers.of(Keys.hashSlots() - 1)).isSameAs(servers.node("b:1"));
    assertThat(servers.beCluster(halves(0))).isTrue();
    assertThat(servers.of(Keys.hashSlots() - 1)).isSameAs(servers.node("a:1"));
  }

  // The cluster names no master for them any more, so no breaker tells.
  @Test
  void slotsOfNobodyCountAsAway() {
    servers.beCluster(halves(-1));
    assertThat(servers.of(Keys.hashSlots() - 1)).isNull();
    assertThat(servers.isOneAway()).isTrue();
  }

  @Test
  void aServerThatIsNotConnectedTakesNothing() {
    servers.beSingle(servers.node("a:1"));
    assertThat(servers.mayStore()).isFalse();
    assertThat(servers.areFull()).isFalse();
    assertThat(servers.isOneAway()).isTrue();
  }

  @Test
  void aReplicaThatWasLateIsGivenTime() {
    Node node = servers.node("a:1");
    node.trusted = true;
    servers.beSingle(node);
    assertThat(servers.areSound()).isTrue();
    node.replicasAreLate();
    assertThat(servers.areSound()).isFalse();
    now.addAndGet(5_000_000_000L);
    assertThat(servers.areSound()).isTrue();
    node.trusted = false;
    assertThat(servers.areSound()).isFalse();
  }

  @Test
  void missedZpagesAreToldToTheirServer() {
    servers.beCluster(halves(1));
    Node first = servers.node("a:1");
    Node second = servers.node("b:1");
    second.incarnation = new Incarnation("run");
    try (Groups groups = new Groups(new MemoryBudget(1 << 20))) {
      Group group = groups.open(groups.nextNumber(), second.incarnation, second.line());
      while (servers.of(group.hashSlot) != second) {
        group = groups.open(groups.nextNumber(), second.incarnation, second.line());
      }
      servers.tellMissed(group);
      assertThat(second.missed).isTrue();
      assertThat(first.missed).isFalse();

      second.missed = false;
      second.incarnation = new Incarnation("another run");
      servers.tellMissed(group);
      assertThat(second.missed).as("it is about to be checked").isFalse();
      servers.beCluster(halves(-1));
      servers.tellMissed(group);
      assertThat(first.missed).isFalse();
    }
  }

  // What was sent on an earlier connection may be carried out until then.
  @Test
  void aServerIsSettledWhenNothingOfEarlierConnectionsCanCome() {
    Node node = servers.node("a:1");
    assertThat(node.isSettled()).isFalse();
    now.addAndGet(Line.LATEST_NANOS);
    assertThat(node.isSettled()).isTrue();
    node.breaker.failed(RemoteFailure.Kind.DOWN);
    assertThat(node.isSettled()).isFalse();
    node.breaker.close();
    assertThat(node.isSettled()).as("it went and came a moment ago").isFalse();
    now.addAndGet(Line.LATEST_NANOS);
    assertThat(node.isSettled()).isTrue();
  }
}
