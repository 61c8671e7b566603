/* Written by Data/reference/elementary_functions.py; each table states the error of its
   coefficients when evaluated exactly, lowest power first. */
#pragma once

/* (e^r - 1 - r) / r^2; relative error 3.39e-19 of e^r. */
#define EXP_TAIL_COUNT 11
static const double exp_tail[EXP_TAIL_COUNT] = {
    0x1.0000000000000p-1, 0x1.5555555555557p-3, 0x1.5555555555556p-5,
    0x1.11111111100dcp-7, 0x1.6c16c16c162d4p-10, 0x1.a01a01abe7fe1p-13,
    0x1.a01a01a6d889cp-16, 0x1.71de0231960ebp-19, 0x1.27e4db646b17ep-22,
    0x1.af4de97ca4194p-26, 0x1.1f730349868cep-29};

/* 2 (atanh(s) - s) / s^3 in s^2; relative error 5.45e-19 of 2 atanh(s). */
#define LOG_TAIL_COUNT 9
static const double log_tail[LOG_TAIL_COUNT] = {
    0x1.5555555555555p-1, 0x1.9999999999998p-2, 0x1.2492492492962p-2,
    0x1.c71c71c64b463p-3, 0x1.745d17d40cf59p-3, 0x1.3b137afb813a0p-3,
    0x1.111d30dcfa14ap-3, 0x1.debd2cc5021e0p-4, 0x1.e6bf079f670fep-4};

/* (x + 5) (1 - N(x)) / phi(x) in (x - 5)/(x + 5); relative error 6.07e-17. */
#define MILLS_COUNT 26
static const double mills[MILLS_COUNT] = {
    0x1.ed96b8318f6c5p+0, -0x1.aaf94e206d6dap+0, 0x1.3dd60739e7977p+0,
    -0x1.9262efbe12c51p-1, 0x1.a7927af8f0bbbp-2, -0x1.62d360c63c8aap-3,
    0x1.ab031a04bf513p-5, -0x1.ebbc325adea0ep-8, -0x1.0623968d71ed8p-9,
    0x1.660d4296b1a38p-10, -0x1.382022deb84d4p-13, -0x1.0597151f98a8cp-13,
    0x1.5ec4227bd97e4p-15, 0x1.4eb9bbe3b8132p-17, -0x1.d212abf7449b4p-18,
    -0x1.c1d048c139f4dp-21, 0x1.259368e0bb06fp-20, 0x1.aa77d5e2f6f4cp-24,
    -0x1.7ad3075609063p-23, -0x1.56f3a4240fbdbp-26, 0x1.e3e4d5a8fa522p-26,
    0x1.49bf17f535f05p-28, -0x1.08058d05cdd2ep-28, -0x1.f991ac8b1215fp-31,
    0x1.57448e5ebce0bp-32, 0x1.9c4310ce59c24p-34};

/* Quantile, in 0.425^2 - q^2; relative error 4.21e-17 of the ratio. */
#define QUANTILE_CENTRE_TOP_COUNT 9
static const double quantile_centre_top[QUANTILE_CENTRE_TOP_COUNT] = {
    0x1.b18d91e9eef75p+1, 0x1.2983594fd7e7fp+7, 0x1.3e873207f0ef8p+11,
    0x1.51edecb555ec5p+14, 0x1.75ccbc4a8f65fp+16, 0x1.a11714cc49c9bp+17,
    0x1.a273b0aa578a2p+17, 0x1.214cd08b4e4e1p+16, 0x1.e8603e9431aedp+11};

/* Its denominator. */
#define QUANTILE_CENTRE_BOTTOM_COUNT 9
static const double quantile_centre_bottom[QUANTILE_CENTRE_BOTTOM_COUNT] = {
    0x1.0000000000000p+0, 0x1.776318ab2437dp+5, 0x1.b3a456a404a18p+9,
    0x1.ff0e0daee92acp+12, 0x1.41a3f69d2d15ap+15, 0x1.aabcb49f39b9cp+16,
    0x1.122c69e2df947p+17, 0x1.1a96b28ee4223p+16, 0x1.25b3b754cc15ep+13};

/* Quantile, in s - 1.6; relative error 7.65e-16 of the ratio. */
#define QUANTILE_NEAR_TOP_COUNT 9
static const double quantile_near_top[QUANTILE_NEAR_TOP_COUNT] = {
    0x1.6c665fde95269p+0, 0x1.2b7155fbad2e1p+2, 0x1.7dc39d5bad2a8p+2,
    0x1.fb285534a4b43p+1, 0x1.871e3f06fa1eap+0, 0x1.6af40159fd402p-2,
    0x1.8aaccadf35721p-5, 0x1.bdb827ee76152p-9, 0x1.7677169c80b7ap-14};

/* Its denominator. */
#define QUANTILE_NEAR_BOTTOM_COUNT 9
static const double quantile_near_bottom[QUANTILE_NEAR_BOTTOM_COUNT] = {
    0x1.0000000000000p+0, 0x1.0b2a6ccbc9f1cp+1, 0x1.c5df20c0f3bdbp+0,
    0x1.986b1dcf5a6f9p-1, 0x1.a6c365169a82dp-3, 0x1.f4a57b032ceabp-6,
    0x1.2e028c473237dp-9, 0x1.08c2b0a1eae42p-14, 0x1.ecd36635ec33cp-35};

/* Quantile, in s - 5; relative error 1.01e-15 of the ratio. */
#define QUANTILE_FAR_TOP_COUNT 9
static const double quantile_far_top[QUANTILE_FAR_TOP_COUNT] = {
    0x1.aa1b1c13ee51cp+2, 0x1.6ac06a67258bap+2, 0x1.f2992057750f7p+0,
    0x1.6430d4adc056dp-2, 0x1.1bef99e19f1bap-5, 0x1.f8bfb5215d33dp-10,
    0x1.d95fc43807706p-15, 0x1.9b4ea153cb013p-21, 0x1.e0be918aafebfp-29};

/* Its denominator. */
#define QUANTILE_FAR_BOTTOM_COUNT 9
static const double quantile_far_bottom[QUANTILE_FAR_BOTTOM_COUNT] = {
    0x1.0000000000000p+0, 0x1.42d1683935ecdp-1, 0x1.3ca58ef7fd278p-3,
    0x1.3298d75659d50p-6, 0x1.34791be58054fp-10, 0x1.38998cdd1dd10p-15,
    0x1.1c335cd82209fp-21, 0x1.53efd2dc1293ep-29, 0x1.2b82dc8fa60f8p-57};
