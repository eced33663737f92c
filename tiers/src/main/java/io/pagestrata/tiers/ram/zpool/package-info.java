// SPDX-License-Identifier: Apache-2.0
/** The port of zpools: what the RAM tier asks of the allocator inside it. */
package io.pagestrata.tiers.ram.zpool;
