// SPDX-License-Identifier: Apache-2.0
package io.pagestrata.core;

/**
 * How room in the top tier is waited for and made.
 *
 * @param gate where puts wait for it
 * @param wakeWriteback asks for it; never blocks
 */
record TopRoom(SpaceGate gate, Runnable wakeWriteback) {}
