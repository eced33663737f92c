// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.tiers.remote;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlotMapTest {
  private static final String ID = "07c37dfeb235213a872192d90877d0cd55635b91";

  private static String node(String address, String flags, String slots) {
    return ID + " " + address + " " + flags + " - 0 1426238317239 4 connected " + slots + "\n";
  }

  @Test
  void mastersServeTheirRangesAndReplicasNone() {
    SlotMap map =
        SlotMap.parse(
            node("10.0.0.1:7000@17000", "myself,master", "0-99 5461")
                + node("10.0.0.2:7000@17000,host-b", "master", "100-5460 5462-16383")
                + node("10.0.0.3:7000@17000", "slave", ""),
            "10.0.0.1");
    assertThat(map.addresses()).containsExactly("10.0.0.1:7000", "10.0.0.2:7000");
    assertThat(map.owners()).hasSize(16384).doesNotContain(-1);
    assertThat(map.owners()[99]).isZero();
    assertThat(map.owners()[100]).isEqualTo(1);
    assertThat(map.owners()[5461]).isZero();
    assertThat(map.owners()[16383]).isEqualTo(1);
  }

  // One that only this node suspects may answer; one that the cluster gave up does not.
  @Test
  void slotsOfAMasterThatIsGivenUpAreNobodys() {
    SlotMap map =
        SlotMap.parse(
            node("10.0.0.1:7000@17000", "myself,master", "0-99")
                + node("10.0.0.2:7000@17000", "master,fail?", "100-199")
                + node("10.0.0.3:7000@17000", "master,fail", "200-299")
                + node(":0@0", "master,noaddr", "300-399"),
            "10.0.0.1");
    assertThat(map.addresses()).containsExactly("10.0.0.1:7000", "10.0.0.2:7000");
    assertThat(map.owners()[150]).isEqualTo(1);
    assertThat(map.owners()[250]).isEqualTo(-1);
    assertThat(map.owners()[350]).isEqualTo(-1);
  }

  @Test
  void aNodeThatKnowsNoAddressOfItsOwnIsWhereItWasAsked() {
    SlotMap map = SlotMap.parse(node(":7000@17000", "myself,master", "0-16383"), "10.0.0.9");
    assertThat(map.addresses()).containsExactly("10.0.0.9:7000");
  }

  @Test
  void slotsOnTheirWayAreStillServedHere() {
    SlotMap map =
        SlotMap.parse(
            node("10.0.0.1:7000@17000", "myself,master", "0-9 [7->-" + ID + "] [20-<-" + ID + "]"),
            "10.0.0.1");
    assertThat(map.owners()[7]).isZero();
    assertThat(map.owners()[20]).isEqualTo(-1);
  }

  @Test
  void anythingElseServesNothing() {
    assertThat(SlotMap.parse("", "10.0.0.1").addresses()).isEmpty();
    assertThat(SlotMap.parse("what?\n", "10.0.0.1").owners()).containsOnly(-1);
  }
}
