/* Written by Data/reference/elementary_functions.py; each table states the error of its
   coefficients when evaluated exactly, lowest power first. */
#pragma once

#define INVERSE_ROOT_TWO_PI_HIGH 0x1.9884533d43651p-2
#define INVERSE_ROOT_TWO_PI_LOW -0x1.cbc0d30ebfd15p-56
#define ROOT_TWO_PI_HIGH 0x1.40d931ff62706p+1
#define ROOT_TWO_PI_LOW -0x1.a6a0d6f814637p-53

/* (e^r - 1 - r) / r^2; relative error 1.59e-17 of e^r. */
#define EXP_TAIL_COUNT 10
static const double exp_tail[EXP_TAIL_COUNT] = {
    0x1.0000000000001p-1, 0x1.5555555555556p-3, 0x1.5555555553d63p-5,
    0x1.11111111109b3p-7, 0x1.6c16c1788bd90p-10, 0x1.a01a01a7c41d5p-13,
    0x1.a019b90d2ae7ap-16, 0x1.71de0dae63bb3p-19, 0x1.289185613a3d6p-22,
    0x1.af38a9b0ec855p-26};

/* (2 atanh(u/2) - u) / u^3 in u^2; relative error 7.21e-19 of 2 atanh(u/2). */
#define LOG_TAIL_COUNT 10
static const double log_tail[LOG_TAIL_COUNT] = {
    0x1.5555555555555p-4, 0x1.999999999999ap-7, 0x1.24924924923f6p-9,
    0x1.c71c71c734d27p-12, 0x1.745d1736659f1p-14, 0x1.3b13b6d3781e2p-16,
    0x1.110fd55abbea6p-18, 0x1.e237b49ee3f05p-21, 0x1.a8289d1354766p-23,
    0x1.d59298c112b13p-25};

/* S(t) of the Mills ratio q (1 + 9 q S(t)); relative error 2.21e-17 of the ratio. */
#define MILLS_COUNT 25
static const double mills[MILLS_COUNT] = {
    0x1.213f414e3539ap+0, -0x1.109c4e6419727p+0, 0x1.aa18e77e72e7cp-1,
    -0x1.0f0b7ceba85c7p-1, 0x1.0d50f05699811p-2, -0x1.79d40b3d4a647p-4,
    0x1.f2a413a4ec4a6p-7, 0x1.2a5fd5964c55ap-8, -0x1.bbccca883e9f3p-9,
    0x1.4e1ed9eedadf8p-12, 0x1.b0b1cecffb685p-12, -0x1.fe345c91d1fe2p-14,
    -0x1.9e1c664eb76ebp-15, 0x1.a413d4e69e7d8p-16, 0x1.de56e68c8da10p-18,
    -0x1.3ba0eff57c8f8p-18, -0x1.6f5fa1a1e6385p-20, 0x1.cbbaebc2be914p-21,
    0x1.58dfee3d21b5ep-22, -0x1.355ad1f9a7174p-23, -0x1.4445478ccecb5p-24,
    0x1.4e8ee44b9ad78p-26, 0x1.e1e3d3ca42401p-27, -0x1.a0b98f3eb02d4p-30,
    -0x1.85372b6835d47p-30};

/* Derivative of S in t, to three digits. */
#define MILLS_SLOPE_COUNT 6
static const double mills_slope[MILLS_SLOPE_COUNT] = {
    -0x1.1055e84b6091bp+0, 0x1.a9ec598988be1p+0, -0x1.9b81baabdbab0p+0,
    0x1.1079d5beadd88p+0, -0x1.a4454f80d2bbap-2, 0x1.d0f4897177721p-5};

#define QUANTILE_CENTRE_LEVEL 2.8125

/* z/q - level in 0.425^2 - q^2; relative error 6.77e-17 of z. */
#define QUANTILE_CENTRE_TOP_COUNT 9
static const double quantile_centre_top[QUANTILE_CENTRE_TOP_COUNT] = {
    0x1.263647a7bbdd5p-1, 0x1.0c8d5fbc13855p+4, 0x1.86f4a393b5bfbp+6,
    -0x1.567f4e9a605c2p+10, -0x1.3a075a09e001fp+14, -0x1.6e0492673ec70p+16,
    -0x1.60a93923bd476p+17, -0x1.f97b05a693522p+16, -0x1.5ff8b1fcb8c8fp+14};

/* Its denominator. */
#define QUANTILE_CENTRE_BOTTOM_COUNT 9
static const double quantile_centre_bottom[QUANTILE_CENTRE_BOTTOM_COUNT] = {
    0x1.0000000000000p+0, 0x1.776318ab2437dp+5, 0x1.b3a456a404a18p+9,
    0x1.ff0e0daee92acp+12, 0x1.41a3f69d2d15ap+15, 0x1.aabcb49f39b9cp+16,
    0x1.122c69e2df947p+17, 0x1.1a96b28ee4223p+16, 0x1.25b3b754cc15ep+13};

#define QUANTILE_NEAR_SLOPE 1.53125
#define QUANTILE_NEAR_LEVEL -1.0
#define QUANTILE_NEAR_START 1.5

/* z - slope s - level in s - 1.5; relative error 5.34e-18 of z. */
#define QUANTILE_NEAR_TOP_COUNT 10
static const double quantile_near_top[QUANTILE_NEAR_TOP_COUNT] = {
    -0x1.74c0c25335bf7p-5, 0x1.7e5f0d3e6e2aep-4, 0x1.e583990caff43p-3,
    0x1.41c1416917596p-3, 0x1.21e17266e70e7p-5, -0x1.1c3f69591a307p-8,
    -0x1.ebc1ead2a9221p-9, -0x1.6dc4feb1410ebp-11, -0x1.9f1fae404031ep-15,
    -0x1.2045f19301f89p-20};

/* Its denominator. */
#define QUANTILE_NEAR_BOTTOM_COUNT 10
static const double quantile_near_bottom[QUANTILE_NEAR_BOTTOM_COUNT] = {
    0x1.0000000000000p+0, 0x1.342aa5d3d2249p+1, 0x1.350e8cd9d92c3p+1,
    0x1.515581c9976cbp+0, 0x1.b4cf5b50783b4p-2, 0x1.529c04bef9e33p-4,
    0x1.28ce841287fc9p-7, 0x1.fe757bda0ab3ap-12, 0x1.340bcc7500c08p-17,
    -0x1.07fe55692b443p-35};

#define QUANTILE_FAR_SLOPE 1.421875
#define QUANTILE_FAR_LEVEL -0.375
#define QUANTILE_FAR_START 5.5

/* z - slope s - level in s - 5.5; relative error 6.42e-19 of z. */
#define QUANTILE_FAR_TOP_COUNT 11
static const double quantile_far_top[QUANTILE_FAR_TOP_COUNT] = {
    -0x1.bd1f0b676bd28p-5, -0x1.80ccea429cd9cp-9, 0x1.6c2411674b85ap-7,
    0x1.eae46aa20dd9cp-9, 0x1.07c0e3db01673p-11, 0x1.fd96a36172e27p-16,
    0x1.22749971947c1p-21, -0x1.787570ade8ccdp-26, -0x1.20470c57b49dcp-30,
    -0x1.e052e91df34c3p-37, -0x1.c9cbc911a88a8p-45};

/* Its denominator. */
#define QUANTILE_FAR_BOTTOM_COUNT 11
static const double quantile_far_bottom[QUANTILE_FAR_BOTTOM_COUNT] = {
    0x1.0000000000000p+0, 0x1.99d03e145de18p-1, 0x1.10ecceb82a3bep-2,
    0x1.87d9d779eb109p-5, 0x1.48d2b462c23b2p-8, 0x1.47f1d78e4a3a2p-12,
    0x1.7b6ff6867b92dp-17, 0x1.dcc2775b83fb0p-23, 0x1.1c57c353adf1cp-29,
    0x1.d2ed11b15e037p-38, -0x1.d973a299818e4p-60};
