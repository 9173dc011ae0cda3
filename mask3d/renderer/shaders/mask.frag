#version 400 core
// Light that the mask sends to the camera: the formulas of shade.py.
// Names in capitals are numbers that mask_pass.py puts in.
in vec3 vertex_normal;
in vec2 vertex_uv;
in float vertex_occlusion;

uniform sampler2D albedo;  // linear light
uniform float last_level;
uniform vec3 sh[9];
uniform vec3 gain;

out vec4 rgba;

const vec2 SAMPLE_PX[SAMPLES] = vec2[](PATTERN_PX);

float level_of_detail() {
    vec2 texels = vec2(textureSize(albedo, 0));
    vec2 right = dFdx(vertex_uv) * texels;
    vec2 down = dFdy(vertex_uv) * texels;
    return log2(max(sqrt(max(dot(right, right), dot(down, down))), 1.0));
}

vec3 sampled(vec2 uv) {
    // blended here: drivers take short cuts between levels, each its own
    float lod = min(level_of_detail(), last_level);
    float level = floor(lod);
    vec3 fine = textureLod(albedo, uv, level).rgb;
    vec3 coarse = textureLod(albedo, uv, min(level + 1.0, last_level)).rgb;
    return mix(fine, coarse, lod - level);
}

vec3 irradiance(vec3 n) {
    vec3 encoded = sh[0]
        + sh[1] * n.y + sh[2] * n.z + sh[3] * n.x
        + sh[4] * n.x * n.y + sh[5] * n.y * n.z + sh[6] * (3.0 * n.z * n.z - 1.0)
        + sh[7] * n.x * n.z + sh[8] * (n.x * n.x - n.y * n.y);
    return gain * pow(max(encoded, MIN_ENCODED), vec3(ENCODING_GAMMA));
}

vec3 toned(vec3 light) {
    float room = SHOULDER_END - SHOULDER_START;
    vec3 shoulder = SHOULDER_START + room * (1.0 - exp((SHOULDER_START - light) / room));
    return mix(shoulder, light, lessThan(light, vec3(SHOULDER_START)));
}

void main() {
    // Where a triangle covers a part of the pixel, it is seen at the mean of its samples:
    // "centroid in" would let each driver choose a place, and a fine pattern shows the difference.
    vec2 place_px = vec2(0.0);
    float covered = 0.0;
    for (int i = 0; i < SAMPLES; ++i) {
        if ((gl_SampleMaskIn[0] & (1 << i)) != 0) {
            place_px += SAMPLE_PX[i];
            covered += 1.0;
        }
    }
    vec2 offset = place_px / max(covered, 1.0) - 0.5;
    vec3 normal = interpolateAtOffset(vertex_normal, offset);
    vec2 uv = interpolateAtOffset(vertex_uv, offset);
    float occlusion = interpolateAtOffset(vertex_occlusion, offset);

    // rows run downwards here, so that what is counter-clockwise in the photo is "back-facing"
    float side = gl_FrontFacing ? -1.0 : 1.0;
    vec3 n = normal * (side / max(length(normal), 1e-12));
    rgba = vec4(toned(sampled(uv) * irradiance(n) * occlusion), 1.0);
}
