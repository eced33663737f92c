// SPDX-License-Identifier: Apache-2.0
/**
 * Serves block devices by the NBD protocol: the protocol is ours, transport and TLS are Netty's.
 */
package io.pagestrata.daemon.nbd;
