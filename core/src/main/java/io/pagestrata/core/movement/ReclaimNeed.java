// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core.movement;

/**
 * Why a tier should be relieved of some of its zpages.
 *
 * @param aim which ones
 * @param leaveBytes zpage bytes that should leave
 * @param heldBytes zpage bytes that the aim can find in the tier
 */
public record ReclaimNeed(ReclaimAim aim, long leaveBytes, long heldBytes) {
  /**
   * The same need, met by clean and ephemeral zpages alone.
   *
   * @return a need
   */
  public ReclaimNeed withoutWriting() {
    return new ReclaimNeed(aim.withoutWriting(), leaveBytes, heldBytes);
  }
}
