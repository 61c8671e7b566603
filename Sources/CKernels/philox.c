/* The four Philox bijections of Salmon, Moraes, Dror and Shaw (2011), one counter at a time, any
   number of rounds. The vector form of philox4x32 is in random_body.h. */
#include "CKernels.h"

void cmk_philox2x32(int64_t rounds, uint32_t key, uint32_t counter[2]) {
  for (int64_t round = 0; round < rounds; round++) {
    uint64_t product = (uint64_t)counter[0] * 0xD256D193u;
    counter[0] = (uint32_t)(product >> 32) ^ key ^ counter[1];
    counter[1] = (uint32_t)product;
    key += 0x9E3779B9u;
  }
}

void cmk_philox4x32(int64_t rounds, const uint32_t key[2], uint32_t counter[4]) {
  uint32_t key0 = key[0], key1 = key[1];
  for (int64_t round = 0; round < rounds; round++) {
    uint64_t product0 = (uint64_t)counter[0] * 0xD2511F53u;
    uint64_t product1 = (uint64_t)counter[2] * 0xCD9E8D57u;
    counter[0] = (uint32_t)(product1 >> 32) ^ counter[1] ^ key0;
    counter[2] = (uint32_t)(product0 >> 32) ^ counter[3] ^ key1;
    counter[1] = (uint32_t)product1;
    counter[3] = (uint32_t)product0;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
}

void cmk_philox2x64(int64_t rounds, uint64_t key, uint64_t counter[2]) {
  for (int64_t round = 0; round < rounds; round++) {
    __uint128_t product = (__uint128_t)counter[0] * 0xD2B74407B1CE6E93ull;
    counter[0] = (uint64_t)(product >> 64) ^ key ^ counter[1];
    counter[1] = (uint64_t)product;
    key += 0x9E3779B97F4A7C15ull;
  }
}

void cmk_philox4x64(int64_t rounds, const uint64_t key[2], uint64_t counter[4]) {
  uint64_t key0 = key[0], key1 = key[1];
  for (int64_t round = 0; round < rounds; round++) {
    __uint128_t product0 = (__uint128_t)counter[0] * 0xD2E7470EE14C6C93ull;
    __uint128_t product1 = (__uint128_t)counter[2] * 0xCA5A826395121157ull;
    counter[0] = (uint64_t)(product1 >> 64) ^ counter[1] ^ key0;
    counter[2] = (uint64_t)(product0 >> 64) ^ counter[3] ^ key1;
    counter[1] = (uint64_t)product1;
    counter[3] = (uint64_t)product0;
    key0 += 0x9E3779B97F4A7C15ull;
    key1 += 0xBB67AE8584CAA73Bull;
  }
}
